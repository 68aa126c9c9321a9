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
  { HostConfig }: Docker.ContainerInspectInfo,
  seen: Seen,
): Difference[] {
  const limits = Object.keys(WITHOUT_EFFECT) as (keyof typeof WITHOUT_EFFECT)[];
  const set = limits.filter((limit) => ![0, WITHOUT_EFFECT[limit]].includes(HostConfig[limit] ?? 0));
  return [
    ...(HostConfig.PidsLimit === plan.pidsLimit ? [] : [limit("pids limit", HostConfig.PidsLimit, plan.pidsLimit)]),
    ...set.map((name) => limit(OPTIONS[name], HostConfig[name], "none")),
    ...(isEveryCpu(HostConfig.CpusetCpus ?? "", seen.cpus) ? [] : [limit("cpuset", HostConfig.CpusetCpus, "all")]),
  ];
}

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
