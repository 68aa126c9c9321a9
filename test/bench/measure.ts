import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { cliVersion, pluginVersions, root } from "../../scripts/lib/folders.ts";
import { run } from "../../scripts/lib/run.ts";
import type { AuditTimes } from "./audit.ts";
import { ComposeStack, findCompose } from "./compose.ts";
import { emptyProject, SERVICES } from "./project.ts";
import { BenchStack, buildImages } from "./stack.ts";
import type { Sample, Samples } from "./statistics.ts";
import { type Timed, timed } from "./timed.ts";

/** Everything that one run of the bench has found out. */
export interface Measured {
  readonly machine: Readonly<Record<string, string>>;
  /** Stacks of how many times the services, the first of them 1. */
  readonly sizes: readonly number[];
  /** By case: `plain`, `audit`, `refresh`, `both`, …; with `@2` behind it on a stack of twice the services. */
  readonly samples: Samples;
  readonly audit: AuditTimes;
}

/** Measures every case once a round, on one stack after the other, and removes all that it has made. */
export async function measure(rounds: number, sizes: readonly number[]): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), "onehost-bench-"));
  try {
    const empty = await emptyProgram(join(folder, "tsx"), "tsx");
    const template = await emptyProgram(join(folder, "default"), "default");
    const first = await onStack(folder, 1, (stack) => measureFirst(stack, folder, { empty, template }, rounds));
    const larger = sizes.filter((times) => times > 1);
    const samples: Samples[] = [];
    for (const times of larger)
      samples.push(await onStack(folder, times, (stack) => play(casesOfLarger(stack, times, empty), rounds)));
    return { ...first, sizes: [1, ...larger], samples: Object.assign({}, first.samples, ...samples) as Samples };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Cases = Readonly<Record<string, Timed>>;

/** Alone on the machine: the health checks of a larger stack would fall on the cases of a smaller one. */
async function onStack<T>(folder: string, times: number, use: (stack: BenchStack) => Promise<T>): Promise<T> {
  const stack = new BenchStack(folder, times);
  try {
    await buildImages(stack.test);
    console.error(`making a stack of ${times * SERVICES} containers`);
    await stack.bringUp();
    return await use(stack);
  } finally {
    await stack.test.dispose();
  }
}

async function measureFirst(stack: BenchStack, folder: string, empties: Cases, rounds: number) {
  const samples = await play({ ...empties, ...casesOf(stack) }, rounds);
  const audit = await auditTimes(stack);
  const compose = await playCompose(stack, folder, rounds);
  return { samples: { ...samples, ...compose }, audit, machine: await machine(stack) };
}

async function emptyProgram(cwd: string, loader: "tsx" | "default"): Promise<Timed> {
  emptyProject(cwd, loader);
  const env = { PULUMI_BACKEND_URL: `file://${cwd}` };
  await run("pulumi", ["stack", "init", "empty", "--non-interactive"], { cwd, env });
  await run("pulumi", ["up", "--stack", "empty", "--yes", "--skip-preview", "--non-interactive"], { cwd, env });
  return { command: ["pulumi", "preview", "--stack", "empty", "--expect-no-changes", "--non-interactive"], cwd, env };
}

function casesOf(stack: BenchStack): Cases {
  return {
    plain: stack.preview({ refresh: false, audit: false }),
    audit: stack.preview({ refresh: false, audit: true }),
    refresh: stack.preview({ refresh: true, audit: false }),
    both: stack.preview({ refresh: true, audit: true }),
    drift: stack.drift(),
  };
}

function casesOfLarger(stack: BenchStack, times: number, empty: Timed): Cases {
  return {
    [`empty@${times}`]: empty,
    [`plain@${times}`]: stack.preview({ refresh: false, audit: false }),
    [`both@${times}`]: stack.preview({ refresh: true, audit: true }),
  };
}

async function playCompose(stack: BenchStack, folder: string, rounds: number): Promise<Samples> {
  const command = await findCompose();
  if (command === undefined) return {};
  const compose = new ComposeStack(command, join(folder, "compose.yaml"));
  await compose.declare(stack.test);
  try {
    await compose.bringUp();
    return await play({ compose: compose.up }, rounds);
  } finally {
    await compose.dispose();
  }
}

/** One case after the other, and again: what the machine does meanwhile falls on all of them. */
async function play(cases: Cases, rounds: number): Promise<Samples> {
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
