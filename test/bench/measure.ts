import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { cliVersion, pluginVersions, root } from "../../scripts/lib/folders.ts";
import { run } from "../../scripts/lib/run.ts";
import type { AuditTimes } from "./audit.ts";
import { ComposeStack, findCompose } from "./compose.ts";
import { emptyProject, SERVICES } from "./project.ts";
import { BenchStack, buildImages } from "./stack.ts";
import type { Sample } from "./statistics.ts";
import { type Timed, timed } from "./timed.ts";

/** Everything that one run of the bench has found out. */
export interface Measured {
  readonly machine: Readonly<Record<string, string>>;
  /** Stacks of how many times the services. */
  readonly sizes: readonly number[];
  /** Cases that are there: `plain`, `audit`, `refresh`, `both`, with `@2` behind it of a stack of twice the services; */
  readonly samples: Readonly<Record<string, readonly Sample[]>>;
  readonly audit: AuditTimes;
}

/** What is undone at the end, the last first. */
type Undo = (() => Promise<void> | void)[];

/** Makes the stacks, runs every case once a round, and removes all that it has made. */
export async function measure(rounds: number, sizes: readonly number[]): Promise<Measured> {
  const undo: Undo = [];
  try {
    const { cases, first } = await prepare(sizes, undo);
    const samples = await play(cases, rounds);
    return { machine: await machine(first), sizes, samples, audit: await auditTimes(first) };
  } finally {
    for (const step of undo.reverse()) await step();
  }
}

async function prepare(sizes: readonly number[], undo: Undo) {
  const folder = mkdtempSync(join(tmpdir(), "onehost-bench-"));
  undo.push(() => rmSync(folder, { recursive: true }));
  const cases: Record<string, Timed> = {};
  for (const loader of ["tsx", "default"] as const)
    cases[loader === "tsx" ? "empty" : "template"] = await emptyProgram(join(folder, loader), loader);
  const stacks = sizes.map((times) => new BenchStack(folder, times));
  const [first] = stacks;
  if (first === undefined) throw new Error("sizes: at least one");
  await buildImages(first.test);
  for (const [index, stack] of stacks.entries()) {
    undo.push(() => stack.test.dispose());
    console.error(`making a stack of ${(sizes[index] ?? 1) * SERVICES} containers`);
    await stack.bringUp();
    Object.assign(cases, casesOf(stack, sizes[index] ?? 1));
  }
  Object.assign(cases, await composeCase(first, folder, undo));
  return { cases, first };
}

async function emptyProgram(cwd: string, loader: "tsx" | "default"): Promise<Timed> {
  emptyProject(cwd, loader);
  const env = { PULUMI_BACKEND_URL: `file://${cwd}` };
  await run("pulumi", ["stack", "init", "empty", "--non-interactive"], { cwd, env });
  await run("pulumi", ["up", "--stack", "empty", "--yes", "--skip-preview", "--non-interactive"], { cwd, env });
  return { command: ["pulumi", "preview", "--stack", "empty", "--expect-no-changes", "--non-interactive"], cwd, env };
}

function casesOf(stack: BenchStack, times: number): Record<string, Timed> {
  const suffix = times === 1 ? "" : `@${times}`;
  return {
    [`plain${suffix}`]: stack.preview({ refresh: false, audit: false }),
    ...(times === 1 && { audit: stack.preview({ refresh: false, audit: true }) }),
    ...(times === 1 && { refresh: stack.preview({ refresh: true, audit: false }) }),
    [`both${suffix}`]: stack.preview({ refresh: true, audit: true }),
    ...(times === 1 && { drift: stack.drift() }),
  };
}

async function composeCase(first: BenchStack, folder: string, undo: Undo): Promise<Record<string, Timed>> {
  const command = await findCompose();
  if (command === undefined) return {};
  const compose = new ComposeStack(command, join(folder, "compose.yaml"));
  await compose.declare(first.test);
  undo.push(() => compose.dispose());
  await compose.bringUp();
  return { compose: compose.up };
}

/** One case after the other, and again: what the machine does meanwhile falls on all of them. */
async function play(cases: Readonly<Record<string, Timed>>, rounds: number): Promise<Record<string, Sample[]>> {
  const samples: Record<string, Sample[]> = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
  for (const one of Object.values(cases)) await timed(one);
  for (let round = 1; round <= rounds; round++) {
    console.error(`round ${round} of ${rounds}`);
    for (const [name, one] of Object.entries(cases)) samples[name]?.push(await timed(one));
  }
  return samples;
}

async function auditTimes({ test, settings }: BenchStack): Promise<AuditTimes> {
  const env = { BENCH: JSON.stringify({ stack: test.name, settings }) };
  const output = await run("node", ["--import", "tsx/esm", "test/bench/audit.ts"], { cwd: root, env });
  return JSON.parse(output.slice(output.lastIndexOf("\n{") + 1)) as AuditTimes;
}

async function machine({ test }: BenchStack): Promise<Record<string, string>> {
  const { Version } = await test.engine.version();
  const compose = await findCompose();
  const [program = "", ...args] = compose ?? [];
  return {
    processors: `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}`,
    "Docker Engine": Version,
    node: process.version,
    "load average of the last 15 minutes": loadavg()[2]?.toFixed(1) ?? "",
    "Pulumi CLI": cliVersion(),
    plugins: pluginsOnPath(),
    Compose: compose ? (await run(program, [...args, "version", "--short"])).trim() : "not there",
  };
}

/** Where the plugins are from: this project's stand-ins lie in its own folder. */
function pluginsOnPath(): string {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const folder = folders.find((one) => existsSync(join(one, "pulumi-resource-docker"))) ?? "";
  const versions = Object.entries(pluginVersions()).map(([name, version]) => `${name} ${version}`);
  return folder.startsWith(root) ? "stand-ins (offline/)" : `official (${versions.join(", ")})`;
}
