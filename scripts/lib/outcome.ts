import { INTERRUPTED, INTERRUPTED_CODE, wasInterrupted } from "./interrupt.ts";

/** Exit codes of the scripts. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  hostSilent: 3,
  stackLocked: 4,
  drifted: 7,
  interrupted: INTERRUPTED_CODE,
} as const;

/** A failure with an exit code of its own. */
export class Refusal extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Runs a script: an error becomes its message, without a stack trace, and an exit code. */
export async function main(script: () => Promise<number | void>): Promise<void> {
  try {
    process.exitCode = (await script()) ?? EXIT.ok;
  } catch (thrown) {
    const error = orInterruption(thrown);
    console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = error instanceof Refusal ? error.code : EXIT.failed;
    // A download or a build that the interruption has not ended would go on.
    if (wasInterrupted()) process.exit();
  }
}

/** Whatever fails after Ctrl-C fails because of it. */
function orInterruption(error: unknown): unknown {
  return wasInterrupted() && !(error instanceof Refusal) ? new Refusal(EXIT.interrupted, INTERRUPTED) : error;
}
