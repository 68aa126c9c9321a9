// The stacks that program tests run, and the tests that hold in all of them.
import assert from "node:assert/strict";
import { stackFile, withDefaults } from "./config.ts";
import { type Registered, type Registrations, runProgram } from "./mocks.ts";

const FILES = {
  dev: "Pulumi.dev.yaml",
  prod: "Pulumi.prod.yaml",
  /** Every setting at another value than its default. */
  full: "test/support/Pulumi.full.yaml",
  /** No setting at all, but for the application's image. */
  least: "test/support/Pulumi.least.yaml",
};

export type Stack = keyof typeof FILES;
const STACKS = Object.keys(FILES) as Stack[];

/** Without the audit, which would ask a real engine. */
export const configOf = (stack: Stack): Record<string, unknown> => ({
  ...withDefaults(stackFile(FILES[stack])),
  audit: false,
});

const runs = new Map<Stack, Promise<Registrations>>();

/** What a stack registers; run once for all tests. */
export function registered(stack: Stack): Promise<Registrations> {
  const run = runs.get(stack) ?? runProgram({ stack, config: configOf(stack) });
  runs.set(stack, run);
  return run;
}

/** Declares one test per stack. */
export function inEveryStack(title: string, test: (program: Registrations, stack: Stack) => void): void {
  for (const stack of STACKS) it(`${title} (${stack})`, async () => test(await registered(stack), stack));
}

/** Declares one test per stack, which looks at every container. */
export function everyContainer(title: string, test: (container: Registered, program: Registrations) => void): void {
  inEveryStack(`every container ${title}`, (program) => {
    const containers = program.ofType("Container");
    assert.ok(containers.length >= 4, "a stack has at least Postgres, Redis, a backend and the edge");
    for (const container of containers) test(container, program);
  });
}

/** An environment variable of a command. */
export function variable(command: Registered, name: string): string {
  return (command.inputs["environment"] as Record<string, string>)[name] ?? "";
}

export const nameOf = ({ name }: Registered): string => name;

/** A container's label. */
export function labelOf({ inputs }: Registered, key: string): string | undefined {
  return (inputs["labels"] as { label: string; value: string }[]).find(({ label }) => label === key)?.value;
}
