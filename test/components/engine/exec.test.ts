// Does not prove that an engine frames its streams so; test/e2e reads real ones.
import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import type Docker from "dockerode";
import { exec, lastLogLines } from "../../../components/engine/exec.ts";

/** A frame of Docker's: stream, three zeros, length, text. */
function frame(stream: number, text: string): Buffer {
  const content = Buffer.from(text);
  const header = Buffer.alloc(8);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(content.length, 4);
  return Buffer.concat([header, content]);
}

/** A container whose commands end so. */
function containerThatAnswers(output: string, ExitCode: number | null, asked: unknown[]): Docker.Container {
  const stream = new PassThrough();
  const demuxStream = (from: PassThrough, stdout: PassThrough): void =>
    void from.on("data", (chunk) => stdout.write(chunk));
  const run = {
    start: () => Promise.resolve(stream.end(output)),
    inspect: () => Promise.resolve({ ExitCode }),
  };
  const start = (options: unknown): Promise<typeof run> => Promise.resolve((asked.push(options), run));
  return { exec: start, modem: { demuxStream } } as unknown as Docker.Container;
}

describe("exec", () => {
  it("runs a command and tells its exit code and what it wrote", async () => {
    const asked: unknown[] = [];
    const result = await exec(containerThatAnswers("no response\n", 2, asked), ["pg_isready", "-q"]);
    assert.deepStrictEqual(result, { exitCode: 2, output: "no response\n" });
    assert.deepStrictEqual(asked, [{ Cmd: ["pg_isready", "-q"], AttachStdout: true, AttachStderr: true }]);
  });

  it("takes a command without exit code for a failure", async () =>
    assert.equal((await exec(containerThatAnswers("", null, []), ["true"])).exitCode, -1));
});

describe("lastLogLines", () => {
  function containerWithLog(log: Buffer, asked: unknown[] = []): Docker.Container {
    return { logs: (options: unknown) => Promise.resolve((asked.push(options), log)) } as unknown as Docker.Container;
  }

  it("puts stdout and stderr together, in order", async () => {
    const asked: unknown[] = [];
    const log = Buffer.concat([frame(1, "starting\n"), frame(2, "wärning\n"), frame(1, "ready\n")]);
    assert.equal(await lastLogLines(containerWithLog(log, asked), 20), "starting\nwärning\nready");
    assert.deepStrictEqual(asked, [{ stdout: true, stderr: true, tail: 20, follow: false }]);
  });

  it("puts a letter that two frames share together", async () => {
    const bytes = Buffer.from("ä");
    const halves = [bytes.subarray(0, 1), bytes.subarray(1)].map((half) =>
      Buffer.concat([frame(1, "x").subarray(0, 8), half]),
    );
    assert.equal(await lastLogLines(containerWithLog(Buffer.concat(halves)), 20), "ä");
  });

  it("is empty for a container that wrote nothing", async () =>
    assert.equal(await lastLogLines(containerWithLog(Buffer.alloc(0)), 20), ""));
});
