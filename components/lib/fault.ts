// Of the SDK only this: scripts that refuse a host need not load the rest, which takes longer than to ask the host.
import { RunError } from "@pulumi/pulumi/errors.js";

/** What is wrong with one value: what must hold, and what to do about it. Thrown by the parsers of single values. */
export class Invalid extends Error {
  constructor(
    readonly must: string,
    readonly remedy: string,
  ) {
    super(`${must}; ${remedy}`);
  }
}

/** One fault of a stack's settings, in the one form that every error message of this project has. */
export interface Fault {
  /** The setting's key, as it is written in the stack file: `backend.memory`. */
  readonly key: string;
  /** What must hold: `must be at least 64 MiB`. */
  readonly must: string;
  /** The value found, or undefined where a value is missing altogether. Never a secret. */
  readonly got?: unknown;
  /** What to do: `write a unit, for example "64MiB"`. */
  readonly remedy: string;
}

/** `backend.memory: must be at least 64 MiB, got "64"; write a unit, for example "64MiB"` */
export function renderFault({ key, must, got, remedy }: Fault): string {
  const found = got === undefined ? "" : `, got ${JSON.stringify(got)}`;
  return `${key}: ${must}${found}; ${remedy}`;
}

/** All faults at once, numbered, so that one preview is enough to mend a stack file. */
export function renderFaults(stack: string, faults: readonly Fault[]): string {
  const count = faults.length === 1 ? "1 fault" : `${faults.length} faults`;
  const lines = faults.map((fault, index) => `  ${index + 1}. ${renderFault(fault)}`);
  return [`${count} in the settings of stack "${stack}"; nothing was changed`, ...lines].join("\n");
}

/**
 * Stops the program when there are faults.
 * @throws pulumi.RunError, which the CLI prints without a stack trace: the reader's file is at fault, not the program.
 */
export function refuse(stack: string, faults: readonly Fault[]): void {
  if (faults.length > 0) throw new RunError(renderFaults(stack, faults));
}
