import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { StackId } from "../../components/lib/names.ts";
import { backendFolder, chosenBackend } from "./backend.ts";
import { pendingIn } from "./exported-state.ts";
import { judgeLocks, type Lock, locksOn } from "./lock.ts";
import { EXIT, Refusal } from "./outcome.ts";
import { recordsOn } from "./run-record.ts";

/** What tells that the last run on a stack ended before it was done. */
export interface Unfinished {
  /** Whether the CLI's own lock is still there: the CLI itself was killed. */
  readonly isLocked: boolean;
  /** When the run began, and whose it was; undefined where only the state tells of it. */
  readonly since?: Date;
  readonly pid?: number;
}

/** How the last run on a stack ended, or that it has not: looks at files alone, so that it costs nothing. */
export function lastRun(id: StackId, env: NodeJS.ProcessEnv): "done" | Unfinished | { readonly heldBy: Lock } {
  const backend = chosenBackend(env);
  const locks = locksOn(id, backend);
  const traces = [...locks, ...recordsOn(id)];
  const verdict = judgeLocks(traces);
  if (verdict === "left behind") return { isLocked: locks.length > 0, ...earliest(traces) };
  if (verdict !== "free") return verdict;
  return hasPending(id, backend) ? { isLocked: false } : "done";
}

function earliest(traces: readonly Lock[]): Pick<Lock, "pid" | "since"> {
  return traces.reduce((first, trace) => (trace.since < first.since ? trace : first));
}

function hasPending({ project, stack }: StackId, backend: string | undefined): boolean {
  const folder = backendFolder(backend);
  if (folder === undefined) return false;
  const file = join(folder, ".pulumi/stacks", project, `${stack}.json`);
  return existsSync(file) && pendingIn(readFileSync(file, "utf8")) > 0;
}

/** The refusal to change a stack that another process is changing. */
export function held(stack: string, { pid, hostname }: Lock): Refusal {
  const remedy = "wait for it to end, then run this again";
  return new Refusal(EXIT.stackLocked, `stack ${stack} is being changed by process ${pid} on ${hostname}; ${remedy}`);
}
