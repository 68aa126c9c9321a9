// A fake engine's answers about one container, `c1`, and what a script that failed on it leaves behind.
import assert from "node:assert/strict";
import { type Answers, frame, type Outcome } from "./fake-engine.ts";

/** How a command inside a container ends. */
export interface Ending {
  readonly exitCode: number;
  readonly output: string;
}

export const well: Ending = { exitCode: 0, output: "" };

/** An engine with one container in a state, whose commands end so. */
export function engineWith(state: object, ending: Ending, log: string): Answers {
  return [
    [/^GET \/containers\/json$/, () => []],
    [/^POST .*\/update$/, () => ({ Warnings: null })],
    [/^GET \/containers\/c1\/json$/, () => state],
    [/^POST \/containers\/c1\/exec$/, () => ({ Id: "e1" })],
    [/^POST \/exec\/e1\/start$/, () => frame(ending.output)],
    [/^GET \/exec\/e1\/json$/, () => ({ ExitCode: ending.exitCode })],
    [/^GET .*\/logs$/, () => (log === "" ? Buffer.alloc(0) : frame(log))],
  ];
}

/** A script that failed says why on stderr alone: stdout lands in the state. */
export function assertFailed({ exitCode, stdout, stderr }: Outcome, message: string[]): void {
  assert.deepStrictEqual({ exitCode, stdout, stderr }, { exitCode: 1, stdout: "", stderr: `${message.join("\n")}\n` });
}
