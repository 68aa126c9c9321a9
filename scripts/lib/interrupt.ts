/** Exit code of a script that was interrupted: what a shell gives a program that Ctrl-C ended. */
export const INTERRUPTED_CODE = 128 + 2;

/** What it says then. */
export const INTERRUPTED = "interrupted; run the same command again, it goes on from what is done";

/** How often somebody has asked this process to stop, and whether a child of its decides when that is done. */
let asked = 0;
let childDecides = false;

/** Time for what is under way to clean up after itself, once the terminal has sent it the same Ctrl-C. */
const GRACE_MILLISECONDS = 3000;

/**
 * Takes Ctrl-C and SIGTERM as a wish to end in order: what runs ends by itself, and its failure is an interruption. What
 * does not end within a moment, or a second Ctrl-C, ends this process at once.
 */
export function watchInterrupts(): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, interrupted);
}

function interrupted(): void {
  asked++;
  if (childDecides) return;
  if (asked > 1) leave();
  setTimeout(leave, GRACE_MILLISECONDS).unref();
}

function leave(): never {
  console.error(`error: ${INTERRUPTED}`);
  process.exit(INTERRUPTED_CODE);
}

/** Runs something that ends by itself when it gets the same signals, and says in its own way how far it came. */
export async function leavingItToChild<T>(work: () => Promise<T>): Promise<T> {
  childDecides = true;
  try {
    return await work();
  } finally {
    childDecides = false;
  }
}

/** Whether somebody has asked this process to stop. */
export function wasInterrupted(): boolean {
  return asked > 0;
}
