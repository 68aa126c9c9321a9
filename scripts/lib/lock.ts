import { existsSync, readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { StackId } from "../../components/lib/names.ts";
import { backendFolder } from "./backend.ts";
import { isRunning } from "./processes.ts";

/** Who holds a stack, as a lock file of a file backend says, or our own record of a run. */
export interface Lock {
  readonly pid: number;
  readonly hostname: string;
  /** When it was taken, by the clock of that host. */
  readonly since: Date;
}

/** @throws SyntaxError when the file was cut short. */
export function parseLock(text: string): Lock {
  const { pid, hostname: host, timestamp } = JSON.parse(text) as Record<string, unknown>;
  if (typeof pid !== "number" || typeof host !== "string" || typeof timestamp !== "string")
    throw new SyntaxError("the lock file names no process");
  return { pid, hostname: host, since: new Date(timestamp) };
}

/** The locks on a stack. Only file backends have them where we can read them. */
export function locksOn({ project, stack }: StackId, backendUrl: string | undefined): Lock[] {
  const backend = backendFolder(backendUrl);
  if (backend === undefined) return [];
  const folder = join(backend, ".pulumi/locks/organization", project, stack);
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return files.map((file) => parseLock(readFileSync(join(folder, file), "utf8")));
}

export type Verdict = "free" | "left behind" | { readonly heldBy: Lock };

/** A lock counts as left behind only when its process ran on this machine and is gone. */
export function judgeLocks(locks: readonly Lock[], isAlive = isRunning, here = hostname()): Verdict {
  if (locks.length === 0) return "free";
  const holder = locks.find((lock) => lock.hostname !== here || isAlive(lock.pid, lock.since));
  return holder === undefined ? "left behind" : { heldBy: holder };
}
