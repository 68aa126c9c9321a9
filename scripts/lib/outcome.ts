/** Exit codes of the scripts. */
export const EXIT = { ok: 0, failed: 1, usage: 2, hostSilent: 3, stackLocked: 4 } as const;

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
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = error instanceof Refusal ? error.code : EXIT.failed;
  }
}
