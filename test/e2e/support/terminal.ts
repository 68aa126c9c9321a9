import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { root, type Run } from "./stack.ts";

/**
 * Runs a script of the project on a terminal of 33 rows and 111 columns, and types a line each time that what it awaits
 * is on the screen.
 */
export async function onTerminal(
  script: string,
  args: readonly string[],
  typed: readonly [RegExp, string][],
): Promise<Run> {
  const command = `stty rows 33 cols 111; npm run --silent ${script} -- ${args.join(" ")}`;
  // util-linux' own: gives the command a terminal, and its exit code on.
  const running = execa("script", ["-qec", command, "/dev/null"], { cwd: root, all: true, reject: false });
  let screen = "";
  running.all.on("data", (chunk: Buffer) => (screen += chunk.toString()));
  for (const [awaited, line] of typed) {
    const from = await shown(() => screen, awaited);
    running.stdin.write(`${line}\n`);
    screen = screen.slice(from);
  }
  const { exitCode, all } = await running;
  return { exitCode: exitCode ?? 1, output: all };
}

/** Waits for a text on the screen. @returns where it ends. */
async function shown(screen: () => string, awaited: RegExp): Promise<number> {
  for (let waited = 0; waited < 30_000; waited += 100) {
    const found = awaited.exec(screen());
    if (found !== null) return found.index + found[0].length;
    await sleep(100);
  }
  throw new Error(`${awaited.source} did not show within 30 s:\n${screen()}`);
}
