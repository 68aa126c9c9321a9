// Containers and hosts as the audit sees them, well unless a test says otherwise.
import type Docker from "dockerode";
import { NOTHING_SEEN, type Seen, type SeenContainer } from "../../components/lib/audit/seen.ts";
import { LABEL } from "../../components/lib/names.ts";
import type { ServicePlan } from "../../components/lib/plan.ts";
import { redisPlan } from "../../components/lib/redis-plan.ts";
import { seconds } from "../../components/lib/duration.ts";
import { mib } from "../../components/lib/size.ts";

export const ID = { project: "onehost", stack: "dev" };

/** When the tests' host was looked at. */
export const NOW = new Date("2026-01-02T03:04:05.678Z");

const HOUR_AGO = new Date(NOW.getTime() - 3_600_000).toISOString();

/** A service that is recreated, looks inside itself and is on one network. */
export const REDIS: ServicePlan = redisPlan({
  image: { ref: "redis:7" },
  user: "999:1000",
  memory: mib(50),
  cpus: "0.5",
  stopGrace: seconds(30),
});

/** A rolling service on two networks. */
export const BACKEND: ServicePlan = {
  ...REDIS,
  service: "backend",
  rollout: "rolling",
  networks: ["data", "edge"],
  pidsLimit: 77,
};

type Info = Docker.ContainerInspectInfo;
type Health = NonNullable<Info["State"]["Health"]>;

/** What of a container differs from one that has been well for an hour. */
export interface Differing {
  readonly name?: string;
  readonly state?: Partial<Omit<Info["State"], "Health">> & { Health?: Partial<Health> };
  readonly limits?: object;
  /** Aliases by network. */
  readonly networks?: Readonly<Record<string, string[] | null>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly info?: object;
  readonly seen?: Partial<SeenContainer>;
}

/** The container of a plan. */
export function containerOf(plan: ServicePlan, differing: Differing = {}): SeenContainer {
  const { name = `onehost-dev-${plan.service}`, info = {}, seen = {} } = differing;
  return {
    info: {
      Id: "0123456789abcdef0123",
      Name: `/${name}`,
      Created: HOUR_AGO,
      RestartCount: 0,
      Mounts: [],
      State: stateOf(differing.state),
      HostConfig: {
        ...{ PidsLimit: plan.pidsLimit, CpuShares: 0, BlkioWeight: 0, MemoryReservation: 0 },
        ...{ CpusetCpus: "", CpusetMems: "", KernelMemory: 0 },
        ...{ ReadonlyRootfs: true, CapDrop: ["ALL"], Init: true },
        ...differing.limits,
      },
      Config: { Image: `sha256:${plan.service}`, Labels: { [LABEL.service]: plan.service, ...differing.labels } },
      NetworkSettings: { Networks: networksOf(plan, differing) },
      ...info,
    } as unknown as Info,
    lastWords: "",
    isHalted: false,
    isStarved: false,
    report: "",
    secrets: [],
    ...seen,
  };
}

function stateOf(state: Differing["state"] = {}): object {
  const well = { Status: "running", Running: true, Paused: false, Restarting: false, OOMKilled: false, ExitCode: 0 };
  return { ...well, StartedAt: HOUR_AGO, Health: { Status: "healthy", FailingStreak: 0, Log: [] }, ...state };
}

/** Docker adds the short id to the aliases that it was given. */
function networksOf(plan: ServicePlan, { networks }: Differing): object {
  const aliases = plan.rollout === "recreate" ? [plan.service] : [];
  const declared = Object.fromEntries(plan.networks.map((network) => [`onehost-dev-${network}`, aliases]));
  const entries = Object.entries(networks ?? declared);
  const own = (given: string[] | null): string[] | null => given && [...given, "0123456789ab"];
  return Object.fromEntries(entries.map(([name, given]) => [name, { Aliases: own(given) }]));
}

const TWO_CPUS = { memory: { bytes: 2 ** 32 }, cpus: 2 };

/** A host with these containers, two CPUs and the volume of uploads. */
export function hostWith(containers: readonly SeenContainer[], more: Partial<Seen> = {}): Seen {
  return { ...NOTHING_SEEN, at: NOW, containers, volumes: ["onehost-dev-uploads"], capacity: TWO_CPUS, ...more };
}

/** A container of somebody else, as the engine lists it. */
export function strangerOf(more: object): Docker.ContainerInfo {
  const basics = {
    Id: "fedcba",
    Names: ["/stranger"],
    Image: "nginx",
    Status: "Up 2 hours",
    Ports: [],
    Mounts: [],
    HostConfig: {},
  };
  return { ...basics, NetworkSettings: { Networks: { bridge: {} } }, ...more } as unknown as Docker.ContainerInfo;
}
