import type { Duplex } from "node:stream";
import type Docker from "dockerode";

/** The one method of docker-modem that is used here; the package ships no types. */
interface Demultiplexer {
  demuxStream(stream: NodeJS.ReadableStream, stdout: NodeJS.WritableStream, stderr: NodeJS.WritableStream): void;
}

/**
 * Runs a command inside a running container, with this process's terminal where it has one, else with its pipes.
 * @returns the command's exit code.
 */
export async function runInside(container: Docker.Container, command: readonly string[]): Promise<number> {
  const isTerminal = Boolean(process.stdin.isTTY && process.stdout.isTTY);
  const run = await container.exec({
    Cmd: [...command],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: isTerminal,
    // Names the terminal, so that programs know how to draw on it.
    ...(isTerminal && { Env: [`TERM=${process.env.TERM ?? "xterm"}`] }),
  });
  const stream = await run.start({ hijack: true, stdin: true, Tty: isTerminal });
  const { stdout, stderr } = process;
  if (!isTerminal) (container.modem as Demultiplexer).demuxStream(stream, stdout, stderr);
  await (isTerminal ? onTerminal(run, stream) : throughPipes(stream));
  const { ExitCode } = await run.inspect();
  if (ExitCode === null) throw new Error("the connection to the Docker host ended before the command did");
  return ExitCode;
}

/** Every key goes to the command, Ctrl-C too, and it knows the size of the window. */
async function onTerminal(run: Docker.Exec, stream: Duplex): Promise<void> {
  const { stdin, stdout } = process;
  // An answer that it is over already is none that matters.
  const resize = (): void => void run.resize({ h: stdout.rows, w: stdout.columns }).catch(() => undefined);
  stdout.on("resize", resize);
  stdin.setRawMode(true);
  // The engine forgets a size that it is told before the command has started (seen: 0 rows): told again once it writes.
  stream.once("data", resize);
  try {
    resize();
    stream.pipe(stdout, { end: false });
    await throughPipes(stream);
  } finally {
    stdin.setRawMode(false);
    stdout.off("resize", resize);
  }
}

/** Feeds stdin to the command until it ends; what it does not read is left unread. */
async function throughPipes(stream: Duplex): Promise<void> {
  const { stdin } = process;
  const closed = new Promise((resolve) => stream.once("close", resolve));
  // A command that ends without reading all closes the connection under the rest. How it ended, the engine is asked.
  stream.on("error", () => undefined);
  stdin.pipe(stream);
  await closed;
  stdin.unpipe(stream);
  stdin.destroy();
}
