import type Docker from "dockerode";
import { lastLogLines } from "../../components/engine/exec.ts";
import { isGivenUp } from "../../components/lib/audit/state.ts";
import { isLeftover, labelOf, type StackContainer } from "./stack-containers.ts";

/** What a person wants to know of one container. */
export interface ContainerStatus {
  readonly service: string;
  /** Which of the service's containers, with a word where it does not serve. */
  readonly container: string;
  /** As the engine says it: `running`, `exited` …; `missing` where the stack's file asks for it and the host has none. */
  readonly state: string;
  /** Of Docker's own health check. */
  readonly health?: string;
  /** When it came into this state, in UTC. */
  readonly since?: string;
  readonly restarts: number;
  /** What people call it. */
  readonly image: string;
  /** Bytes; a limit of 0 is none. */
  readonly memory?: { readonly used: number; readonly limit: number };
  /** Of one processor: 2.5 is two and a half of them. */
  readonly cpus?: number;
  /** Whether requests go to it; null where the edge has no route to its service. */
  readonly serving: boolean | null;
  readonly well: boolean;
  /** Why it is not well, in words, and its last log line. */
  readonly exitCode?: number;
  readonly outOfMemory?: boolean;
  readonly lastLine?: string;
}

/** Asks the engine about one container. */
export async function statusOf(docker: Docker, container: StackContainer): Promise<ContainerStatus> {
  const handle = docker.getContainer(container.id);
  const [{ State, RestartCount, HostConfig }, use] = await Promise.all([handle.inspect(), useOf(handle)]);
  const health = healthOf(State.Health);
  const isRunning = State.Status === "running";
  const isWell = isRunning && isHealthy(health, RestartCount);
  return {
    service: container.service,
    container: labelOf(container),
    state: State.Status,
    ...(health !== undefined && health !== "none" && { health }),
    since: isRunning || State.Status === "paused" ? State.StartedAt : State.FinishedAt,
    restarts: RestartCount,
    image: container.image,
    ...(isRunning && { memory: { used: use.memory, limit: HostConfig.Memory ?? 0 }, cpus: use.cpus }),
    serving: container.serving ?? null,
    // What does not serve hurts nobody, in whatever state it is.
    well: isWell || isLeftover(container),
    ...(!isWell && (await reasons(handle, State))),
  };
}

/** Nobody has asked a container since it was paused: its health is not known, whatever Docker calls it. */
function healthOf(health: Docker.ContainerInspectInfo["State"]["Health"]): string | undefined {
  return health?.Status === "unhealthy" && !isGivenUp(health) ? "starting" : health?.Status;
}

/** Right after its start a container is "starting"; one that starts again and again is too. */
function isHealthy(health: string | undefined, restarts: number): boolean {
  return health === "starting" ? restarts === 0 : health === undefined || ["healthy", "none"].includes(health);
}

async function reasons(
  handle: Docker.Container,
  { Status, ExitCode, OOMKilled }: Docker.ContainerInspectInfo["State"],
) {
  const lastLine = (await lastLogLines(handle, 1)).trim();
  return {
    ...(["exited", "restarting", "dead"].includes(Status) && { exitCode: ExitCode, outOfMemory: OOMKilled }),
    ...(lastLine !== "" && { lastLine }),
  };
}

async function useOf(handle: Docker.Container): Promise<{ memory: number; cpus: number }> {
  return use(await handle.stats({ stream: false }));
}

/** What of the engine's statistics is read; a container that does not run has almost none. */
export interface Statistics {
  readonly memory_stats: { readonly usage?: number; readonly stats?: Readonly<Record<string, number>> };
  readonly cpu_stats: CpuTimes;
  readonly precpu_stats: CpuTimes;
}

interface CpuTimes {
  readonly cpu_usage: { readonly total_usage: number };
  readonly system_cpu_usage?: number;
  readonly online_cpus?: number;
}

/** As `docker stats` counts: memory without file pages that the kernel can drop, and CPU time between two looks. */
export function use({ memory_stats: memory, cpu_stats: now, precpu_stats: before }: Statistics): {
  memory: number;
  cpus: number;
} {
  const droppable = memory.stats?.["inactive_file"] ?? memory.stats?.["total_inactive_file"] ?? 0;
  const own = now.cpu_usage.total_usage - before.cpu_usage.total_usage;
  const all = (now.system_cpu_usage ?? 0) - (before.system_cpu_usage ?? 0);
  const cpus = all > 0 && own > 0 ? (own / all) * (now.online_cpus ?? 1) : 0;
  return { memory: Math.max(0, (memory.usage ?? 0) - droppable), cpus };
}
