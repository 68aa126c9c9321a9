import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import type { StackId } from "../../components/lib/names.ts";
import { stateFolder } from "./folders.ts";
import { type Lock, parseLock } from "./lock.ts";

/**
 * Writes down that this process begins to change a stack. The CLI's own lock tells less: it goes with every orderly end,
 * an interrupted one too, and stands where we can read it with a file backend only.
 */
export function beginRun(id: StackId): void {
  mkdirSync(dirname(file(id)), { recursive: true, mode: 0o700 });
  const record = { pid: process.pid, hostname: hostname(), timestamp: new Date().toISOString() };
  writeFileSync(file(id), JSON.stringify(record));
}

/** To be called where the run has done all that it was to do: a record that stays says that it has not. */
export function endRun(id: StackId): void {
  rmSync(file(id), { force: true });
}

/** The run on this stack that has not ended, or that ended before it was done. At most one. */
export function recordsOn(id: StackId): Lock[] {
  return existsSync(file(id)) ? [parseLock(readFileSync(file(id), "utf8"))] : [];
}

function file({ project, stack }: StackId): string {
  return join(stateFolder(), "runs", `${project}.${stack}.json`);
}
