import type Docker from "dockerode";
import type { ServicePlan } from "../plan.ts";
import type { Difference } from "./compare.ts";
import type { Seen } from "./seen.ts";

/**
 * Docker takes 0 for "leave it as it is", so once set these can never be unset: the provider would report them, update
 * them to nothing, and report them again for ever. A value without effect is as good as none.
 */
export const WITHOUT_EFFECT = {
  CpuShares: 1024,
  BlkioWeight: 500,
  /** The least that Docker takes, 6 MiB: below what any service uses, so never reclaimed to. */
  MemoryReservation: 6 * 1024 * 1024,
} as const;

/** Names of the limits as `docker update` calls them. */
const OPTIONS: Readonly<Record<keyof typeof WITHOUT_EFFECT, string>> = {
  CpuShares: "cpu shares",
  BlkioWeight: "blkio weight",
  MemoryReservation: "memory reservation",
};

/** Limits that the provider cannot set, or cannot take back. */
export function limitFindings(
  plan: ServicePlan,
  { HostConfig, Name }: Docker.ContainerInspectInfo,
  seen: Seen,
): Difference[] {
  const limits = Object.keys(WITHOUT_EFFECT) as (keyof typeof WITHOUT_EFFECT)[];
  const set = limits.filter((limit) => ![0, WITHOUT_EFFECT[limit]].includes(HostConfig[limit] ?? 0));
  const text = (name: keyof typeof WITHOUT_EFFECT, value = 0): string | number =>
    name === "MemoryReservation" ? inMebibytes(value) : value;
  return [
    ...(HostConfig.PidsLimit === plan.pidsLimit ? [] : [limit("pids limit", HostConfig.PidsLimit, plan.pidsLimit)]),
    ...set.map((name) => limit(OPTIONS[name], text(name, HostConfig[name]), "none")),
    ...(isEveryCpu(HostConfig.CpusetCpus ?? "", seen.capacity.cpus)
      ? []
      : [limit("cpuset", HostConfig.CpusetCpus, "all")]),
    ...lasting(HostConfig, Name.slice(1)),
  ];
}

/** Set once, these stay for as long as the container does, and no value of theirs is without effect on every host. */
function lasting({ CpusetMems, KernelMemory }: Docker.HostConfig, name: string): Difference[] {
  const forPeople = {
    declared: "none",
    cure: "people",
    remedy: `docker rm -f ${name}; up makes a new one`,
    gap: false,
  } as const;
  return [
    ...(CpusetMems ? [{ property: "cpuset mems", found: CpusetMems, ...forPeople }] : []),
    ...(KernelMemory ? [{ property: "kernel memory", found: inMebibytes(KernelMemory), ...forPeople }] : []),
  ];
}

const inMebibytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MiB`;

function limit(property: string, found: number | string | null | undefined, declared: number | string): Difference {
  return {
    property,
    found: String(found || "none"),
    declared: String(declared),
    cure: "gate",
    remedy: "up sets it",
    gap: false,
  };
}

/** The set of all CPUs of a host, as Docker writes it. */
export function everyCpu(count: number): string {
  return count === 1 ? "0" : `0-${count - 1}`;
}

function isEveryCpu(set: string, count: number): boolean {
  return set === "" || set === everyCpu(count);
}
