import { PassThrough } from "node:stream";
import { buffer } from "node:stream/consumers";
import type Docker from "dockerode";

/** How a command inside a container ended. */
export interface ExecResult {
  readonly exitCode: number;
  /** What it wrote to stdout and stderr, in order. */
  readonly output: string;
}

/** The one method of docker-modem that is used here; the package ships no types. */
interface Demultiplexer {
  demuxStream(stream: NodeJS.ReadableStream, stdout: NodeJS.WritableStream, stderr: NodeJS.WritableStream): void;
}

/**
 * Runs a command inside a running container, as the container's own user, and waits for its end.
 * @param limit Milliseconds to wait for its end. @default - as long as it takes
 * @throws Error when it takes longer.
 */
export async function exec(container: Docker.Container, command: readonly string[], limit = 0): Promise<ExecResult> {
  const run = await container.exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true });
  const stream = await run.start({});
  const silence = limit > 0 && setTimeout(() => stream.destroy(new Error(`no answer within ${limit / 1000} s`)), limit);
  stream.on("close", () => clearTimeout(silence || undefined));
  const output = new PassThrough();
  (container.modem as Demultiplexer).demuxStream(stream, output, output);
  stream.on("end", () => output.end());
  stream.on("error", (error) => output.destroy(error));
  const text = (await buffer(output)).toString();
  const { ExitCode } = await run.inspect();
  return { exitCode: ExitCode ?? -1, output: text };
}

/** The last lines that a container wrote, stdout and stderr together. */
export async function lastLogLines(container: Docker.Container, count: number): Promise<string> {
  const raw = await container.logs({ stdout: true, stderr: true, tail: count, follow: false });
  return demultiplex(raw).trimEnd();
}

/** Docker frames the streams of a container without a terminal: 8 bytes of header, the last 4 the length. */
function demultiplex(raw: Buffer): string {
  const chunks: Buffer[] = [];
  for (let offset = 0; offset + 8 <= raw.length;) {
    const end = offset + 8 + raw.readUInt32BE(offset + 4);
    chunks.push(raw.subarray(offset + 8, end));
    offset = end;
  }
  return Buffer.concat(chunks).toString();
}
