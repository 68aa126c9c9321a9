// The stacks that program tests run, what is in them, and the tests that hold in all of them.
import assert from "node:assert/strict";
import { stackFile, withDefaults } from "./config.ts";
import { type Registered, type Registrations, runProgram } from "./mocks.ts";

const FILES = {
  dev: "Pulumi.dev.yaml",
  staging: "Pulumi.staging.yaml",
  prod: "Pulumi.prod.yaml",
  /** Every setting at another value than its default. */
  full: "test/support/Pulumi.full.yaml",
  /** No setting at all, but for the application's image. */
  least: "test/support/Pulumi.least.yaml",
};

export type Stack = keyof typeof FILES;
export const STACKS = Object.keys(FILES) as Stack[];

const DATA_AND_EDGE = { postgres: 1, redis: 1, edge: 1 };

/** How many containers of each service a stack has. */
export const CONTAINERS: Readonly<Record<Stack, Readonly<Record<string, number>>>> = {
  dev: { ...DATA_AND_EDGE, backend: 1, frontend: 1, worker: 1, beat: 1 },
  staging: { ...DATA_AND_EDGE, backend: 1, frontend: 1, worker: 1, beat: 1 },
  prod: { ...DATA_AND_EDGE, backend: 2, frontend: 2, worker: 1, beat: 1 },
  full: { ...DATA_AND_EDGE, backend: 4, frontend: 3, worker: 2, beat: 1, bot: 1 },
  least: { ...DATA_AND_EDGE, backend: 1 },
};

/** Services whose new containers start beside the old ones. */
export const ROLLING = ["backend", "frontend", "worker"];

/** Names of all containers of a service in a stack. */
export function containersOf(stack: Stack, service: string): string[] {
  const count = CONTAINERS[stack][service] ?? 0;
  if (!ROLLING.includes(service)) return count === 0 ? [] : [service];
  return Array.from({ length: count }, (_, index) => `${service}-${index}`);
}

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

/** A container that runs once, to its end, as its command asks the engine for it. */
export interface Job {
  readonly networks: string[];
  readonly create: {
    readonly Image: string;
    readonly User: string;
    readonly Labels: Record<string, string>;
    readonly HostConfig: Record<string, unknown> & {
      readonly Mounts: { Source: string; Target: string; ReadOnly: boolean }[];
    };
  };
}

/** Commands that run jobs, with what they ask for. */
export function jobsOf(program: Registrations): { command: Registered; job: Job }[] {
  const commands = program.ofType("Command").filter(({ inputs }) => inputs["create"] === "components/engine/job.ts");
  return commands.map((command) => ({ command, job: JSON.parse(variable(command, "JOB")) as Job }));
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

/** The service of a container. */
export const serviceOf = (container: Registered): string => labelOf(container, "onehost.service") ?? "";

/** The volume that a container, or a job, knows by its Docker name. */
export function volumeNamed(program: Registrations, dockerName: string): Registered {
  const found = program
    .ofType("Volume")
    .find(({ name, inputs }) => (inputs["name"] ?? `autonamed-${name}`) === dockerName);
  if (!found) throw new Error(`no volume is called ${dockerName}`);
  return found;
}
