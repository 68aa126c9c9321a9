import { spawn } from "node:child_process";
import { basename } from "node:path";

export interface RunOptions {
  readonly cwd?: string;
  /** Added to this process's environment. */
  readonly env?: Record<string, string>;
  /** Kept silent where false, which is the default; a failure shows its last lines either way. */
  readonly show?: boolean;
  /** Read by the command on its stdin, which else is empty: what must not be on a command line. */
  readonly input?: string;
  /** Whether Ctrl-C on the terminal leaves the command alone, which then ends whole. */
  readonly detached?: boolean;
}

/**
 * Runs a command and returns what it printed.
 * @throws Error with the command, its exit code and its last lines.
 */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, output } = await attempt(command, args, options);
  if (code === 0) return output;
  const tail = output.trim().split("\n").slice(-15).join("\n");
  throw new Error(`${basename(command)} ${args.slice(0, 2).join(" ")} failed with exit code ${code}\n${tail}`);
}

/** Like `run`, for commands whose failure is an answer. */
export function attempt(
  command: string,
  args: readonly string[],
  { cwd, env, show = false, input = "", detached = false }: RunOptions = {},
): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: "pipe", detached });
    // One that does not read to the end breaks the pipe; whether it has failed, its exit code says.
    child.stdin.on("error", () => undefined).end(input);
    let output = "";
    for (const [stream, sink] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ] as const) {
      stream.on("data", (chunk: Buffer) => {
        output += chunk.toString();
        if (show) sink.write(chunk);
      });
    }
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}
