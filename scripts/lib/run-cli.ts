import { spawn } from "node:child_process";
import { constants } from "node:os";
import { root } from "./folders.ts";
import { leavingItToChild } from "./interrupt.ts";

/**
 * The CLI in this process's place, as far as Node can: same terminal, same signals. The terminal sends Ctrl-C to both;
 * only the CLI is to act on it.
 * @returns its exit code; that of a shell where a signal ended it.
 */
export function runCli(args: readonly string[], env: Record<string, string>, cwd = root): Promise<number> {
  const child = spawn("pulumi", args, { cwd, stdio: "inherit", env: { ...process.env, ...env } });
  const pass = (): boolean => child.kill("SIGTERM");
  process.on("SIGTERM", pass);
  const ended = new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? "SIGKILL"]));
  });
  return leavingItToChild(() => ended).finally(() => process.off("SIGTERM", pass));
}
