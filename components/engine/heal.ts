import type Docker from "dockerode";
import { everyCpu, WITHOUT_EFFECT } from "../lib/audit/limits.ts";
import { type Attachments, attachmentsOf, without } from "../lib/audit/networks.ts";
import { asksForRepair } from "../lib/audit/report.ts";
import { isGivenUp } from "../lib/audit/state.ts";
import type { SelfCheck } from "../lib/plan.ts";
import { exec } from "./exec.ts";
import { readCapacity } from "./host-capacity.ts";
import { isHalted } from "./init-process.ts";

/** What a container should be like, as far as it can be changed while it runs. */
export interface Healthy {
  readonly service: string;
  /** Processes and threads: the one limit that the provider cannot set. */
  readonly pidsLimit: number;
  /** Networks by name, with the aliases that the container has on them. */
  readonly networks: Attachments;
  /** Whether a restart may help it when its health check has given it up. */
  readonly restartable: boolean;
  readonly check?: SelfCheck;
}

type Info = Docker.ContainerInspectInfo;

/** A container, as it was when it was looked at. */
export interface Patient {
  readonly engine: Docker;
  readonly container: Docker.Container;
  readonly info: Info;
}

/**
 * Makes a container what it should be, as far as that goes without replacing it. On a new container there is nothing to
 * do but the limit of processes.
 */
export async function heal({ engine, container, info }: Patient, healthy: Healthy): Promise<void> {
  if (info.State.Paused) await container.unpause();
  if (await isHalted(info)) await container.kill({ signal: "SIGCONT" });
  // Docker waits up to a minute between two starts, and what it waits for may have been set right meanwhile (seen).
  if (info.State.Restarting && !isNew(info)) await container.restart();
  await limit(engine, container, info, healthy);
  await connect(engine, info, healthy);
  if (healthy.restartable && isGivenUp(info.State.Health)) await container.restart();
  if (!isFirstStart(info)) await repair(container, healthy);
}

/** How long a container counts as new: a gate begins seconds after it was made. */
const NEW_MILLISECONDS = 30_000;

export function isNew({ Created }: Info): boolean {
  return Date.now() - new Date(Created).getTime() < NEW_MILLISECONDS;
}

/**
 * While a server makes its first data it refuses what it will accept later (seen: the role did not exist yet). One that
 * was only restarted has to be set right first: with another password its gate would wait in vain (seen).
 */
function isFirstStart(info: Info): boolean {
  return isStarting(info) && info.State.FinishedAt === NEVER;
}

/** How Docker writes the time of what has not happened. */
const NEVER = "0001-01-01T00:00:00Z";

export function isStarting({ State }: Info): boolean {
  return State.Health?.Status === "starting";
}

async function limit(engine: Docker, container: Docker.Container, info: Info, { pidsLimit }: Healthy): Promise<void> {
  const lifted = Object.entries(WITHOUT_EFFECT).filter(([name]) => info.HostConfig[name as Lifted]);
  const cpus = info.HostConfig.CpusetCpus ? { CpusetCpus: everyCpu((await readCapacity(engine)).cpus) } : {};
  await container.update({ PidsLimit: pidsLimit, ...Object.fromEntries(lifted), ...cpus });
}

type Lifted = keyof typeof WITHOUT_EFFECT;

/** First on, then off: a container that is on no network for a moment loses what it publishes. */
async function connect(engine: Docker, info: Info, { networks }: Healthy): Promise<void> {
  const present = attachmentsOf(info);
  for (const [name, aliases] of Object.entries(networks).filter((wanted) => !isAttached(present, ...wanted))) {
    const network = engine.getNetwork(name);
    // Aliases belong to the connection: they change with a new one alone.
    if (name in present) await network.disconnect({ Container: info.Id });
    await network.connect({ Container: info.Id, EndpointConfig: { Aliases: [...aliases] } });
  }
  for (const name of without(Object.keys(present), Object.keys(networks)))
    await engine.getNetwork(name).disconnect({ Container: info.Id });
}

function isAttached(present: Attachments, name: string, aliases: readonly string[]): boolean {
  const found = present[name];
  return found !== undefined && without(found, aliases).length + without(aliases, found).length === 0;
}

/** Looks inside once more, and sets right what is found; the switch sees to the edge by itself. */
export async function repair(container: Docker.Container, { service, check }: Healthy): Promise<void> {
  if (!check || check.repair === "switch") return;
  const { exitCode, output } = await exec(container, check.command);
  if (exitCode !== 0 || !asksForRepair(output)) return;
  if (check.repair === "restart") return void (await container.restart());
  const outcome = await exec(container, check.repair);
  if (outcome.exitCode !== 0) throw new Error(`${service}: cannot be set right: ${outcome.output.trim()}`);
}
