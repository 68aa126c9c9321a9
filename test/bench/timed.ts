import { attempt } from "../../scripts/lib/run.ts";
import type { Sample } from "./statistics.ts";

/** A command to be measured. */
export interface Timed {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env?: Record<string, string>;
  /** Exit codes of a run that did what was meant. @default - 0 */
  readonly codes?: readonly number[];
}

/**
 * Runs a command and takes its time. CPU is that of every process that it has waited for, as bash counts it.
 * @throws Error with what the command said, where it failed.
 */
export async function timed({ command, cwd, env = {}, codes = [0] }: Timed): Promise<Sample> {
  const script = 'TIMEFORMAT="TIMED %R %U %S"; time "$@"';
  const { code, output } = await attempt("bash", ["-c", script, "bench", ...command], { cwd, env });
  const [, wall, user, system] = /^TIMED (\S+) (\S+) (\S+)$/m.exec(output) ?? [];
  if (!codes.includes(code)) throw new Error(`${command.join(" ")} (exit code ${code}):\n${output}`);
  return { wall: Number(wall), cpu: Number(user) + Number(system) };
}
