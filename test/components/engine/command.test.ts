// Does not prove that Pulumi takes a failed script for a failed resource; test/e2e does.
import assert from "node:assert/strict";
import { required, runCommand } from "../../../components/engine/command.ts";

describe("required", () => {
  afterEach(() => delete process.env["ONEHOST_TEST"]);

  it("is the variable's value", () => {
    process.env["ONEHOST_TEST"] = "x";
    assert.equal(required("ONEHOST_TEST"), "x");
  });

  for (const [title, value] of [
    ["is not set", undefined],
    ["is empty", ""],
  ] as const)
    it(`refuses a variable that ${title}`, () => {
      if (value !== undefined) process.env["ONEHOST_TEST"] = value;
      const message = "ONEHOST_TEST is not set; this script is run by a component";
      assert.throws(() => required("ONEHOST_TEST"), new Error(message));
    });
});

describe("runCommand", () => {
  const { DOCKER_HOST } = process.env;
  const write = process.stderr.write.bind(process.stderr);
  let written = "";

  beforeEach(() => {
    written = "";
    process.env["DOCKER_HOST"] = "unix:///nowhere.sock";
    process.stderr.write = (text: string | Uint8Array) => Boolean((written += String(text)));
  });
  afterEach(() => {
    process.stderr.write = write;
    process.exitCode = undefined;
    if (DOCKER_HOST === undefined) delete process.env["DOCKER_HOST"];
    else process.env["DOCKER_HOST"] = DOCKER_HOST;
  });

  it("gives the action the stack's engine, and writes nothing when it succeeds", async () => {
    let socket: unknown;
    await runCommand((engine) =>
      Promise.resolve((socket = (engine.modem as { socketPath?: string }).socketPath)).then(),
    );
    assert.deepStrictEqual([socket, written, process.exitCode], ["/nowhere.sock", "", undefined]);
  });

  it("writes one message and fails when the action fails", async () => {
    await runCommand(() => Promise.reject(new Error("postgres: not ready")));
    assert.deepStrictEqual([written, process.exitCode], ["postgres: not ready\n", 1]);
  });

  it("fails when it is not told the engine", async () => {
    delete process.env["DOCKER_HOST"];
    await runCommand(() => Promise.resolve());
    assert.deepStrictEqual(
      [written, process.exitCode],
      ["DOCKER_HOST is not set; this script is run by a component\n", 1],
    );
  });
});
