import { existsSync, readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { StackId } from "../../components/lib/names.ts";

/** Who holds a stack of a file backend, as its lock file says. */
export interface Lock {
  readonly pid: number;
  readonly hostname: string;
}

/** @throws SyntaxError when the file was cut short. */
export function parseLock(text: string): Lock {
  const { pid, hostname: host } = JSON.parse(text) as Partial<Lock>;
  if (typeof pid !== "number" || typeof host !== "string") throw new SyntaxError("the lock file names no process");
  return { pid, hostname: host };
}

/** The locks on a stack. Only file backends have them where we can read them. */
export function locksOn({ project, stack }: StackId, backendUrl: string | undefined): Lock[] {
  if (!backendUrl?.startsWith("file://")) return [];
  const folder = join(backendUrl.slice("file://".length), ".pulumi/locks/organization", project, stack);
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return files.map((file) => parseLock(readFileSync(join(folder, file), "utf8")));
}

export type Verdict = "free" | "left behind" | { readonly heldBy: Lock };

/** A lock counts as left behind only when its process ran on this machine and is gone. */
export function judgeLocks(locks: readonly Lock[], isAlive = processIsAlive, here = hostname()): Verdict {
  if (locks.length === 0) return "free";
  const holder = locks.find((lock) => lock.hostname !== here || isAlive(lock.pid));
  return holder === undefined ? "left behind" : { heldBy: holder };
}

function processIsAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there and somebody else's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
