import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { stateFolder } from "./folders.ts";
import { judgeLocks, type Lock, parseLock } from "./lock.ts";
import { EXIT, Refusal } from "./outcome.ts";

/**
 * Gets the machine ready, by one quickstart at a time: two would install the same packages, start two engines and make
 * every image twice. A lock whose process is gone does not count.
 * @throws Refusal where another process is at it.
 */
export async function aloneOnMachine<T>(work: () => Promise<T>): Promise<T> {
  const file = join(stateFolder(), "quickstart.lock");
  mkdirSync(stateFolder(), { recursive: true, mode: 0o700 });
  take(file);
  const free = (): void => rmSync(file, { force: true });
  process.on("exit", free);
  try {
    return await work();
  } finally {
    free();
    process.off("exit", free);
  }
}

function take(file: string): void {
  const lock = { pid: process.pid, hostname: hostname(), timestamp: new Date().toISOString() };
  try {
    writeFileSync(file, JSON.stringify(lock), { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const verdict = judgeLocks(presentLock(file));
    if (typeof verdict === "object") throw busy(verdict.heldBy);
    writeFileSync(file, JSON.stringify(lock));
  }
}

/** None where it has just gone, or was cut short. */
function presentLock(file: string): Lock[] {
  try {
    return [parseLock(readFileSync(file, "utf8"))];
  } catch {
    return [];
  }
}

/** The refusal to get a machine ready that another process is getting ready. */
export function busy({ pid, hostname: host }: Lock): Refusal {
  const who = `another quickstart (process ${pid} on ${host}) is getting this machine ready`;
  return new Refusal(EXIT.stackLocked, `${who}; wait for it to end, then run this again`);
}
