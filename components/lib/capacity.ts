import type { Fault } from "./fault.ts";
import type { Settings } from "./settings.ts";
import { formatSize, mebibytes, mib, type Size } from "./size.ts";

/** What a host has to give. */
export interface Capacity {
  readonly memory: Size;
  readonly cpus: number;
}

interface Demand {
  readonly service: string;
  /** Limit of each container. */
  readonly memory: Size;
  readonly cpus: string;
  readonly replicas: number;
  /** Whether a release runs old and new containers side by side. */
  readonly isRolling: boolean;
}

/** What each service of a stack may use at most. */
export function demands(settings: Settings): Demand[] {
  const { postgres, redis, backend, frontend, worker, beat, bot, edge } = settings;
  const rolling = Object.entries({ backend, frontend, worker });
  const single = Object.entries({ postgres, redis, beat, bot, edge });
  return [
    ...rolling.flatMap(([service, of]) => (of ? [{ ...of, service, isRolling: true }] : [])),
    ...single.flatMap(([service, of]) => (of ? [{ ...of, service, replicas: 1, isRolling: false }] : [])),
  ].map(({ service, memory, cpus, replicas, isRolling }) => ({ service, memory, cpus, replicas, isRolling }));
}

/**
 * Faults of a stack that asks for more than its host has. With limits above the memory that is there, the kernel
 * chooses which process to kill; a limit above the number of CPUs is refused by Docker, after the first resources.
 */
export function capacityFaults(wanted: readonly Demand[], host: string, { memory, cpus }: Capacity): Fault[] {
  const tooMany = wanted.filter((demand) => Number(demand.cpus) > cpus);
  const faults = tooMany.map(({ service, cpus: got }) => {
    const remedy = `write "${cpus}.0" or less`;
    return { key: `${service}.cpus`, must: `must be at most ${cpus}, the number of CPUs of the host`, got, remedy };
  });
  const total = sum(wanted);
  return total <= memory.bytes ? faults : [memoryFault(wanted, host, { total, memory }), ...faults];
}

function memoryFault(
  wanted: readonly Demand[],
  host: string,
  { total, memory }: { total: number; memory: Size },
): Fault {
  const largest = [...wanted].sort((a, b) => b.replicas * b.memory.bytes - a.replicas * a.memory.bytes);
  const listed = largest.slice(0, 3).map(({ service, replicas, memory }) => {
    return `${service} ${replicas === 1 ? "" : `${replicas} × `}${formatSize(memory)}`;
  });
  const must = `must have the ${inMiB(total)} that the services may use together, and has ${inMiB(memory.bytes)}`;
  return {
    key: "host",
    must,
    got: host,
    remedy: `lower the largest limits (${listed.join(", ")}), or take a larger host`,
  };
}

/**
 * What to know of a stack that fits its host, but not while old and new containers run side by side: limits are
 * ceilings, so a release may well succeed. Undefined where it fits then too.
 */
export function tightRelease(wanted: readonly Demand[], { memory }: Capacity): string | undefined {
  const total = sum(wanted) + sum(wanted.filter(({ isRolling }) => isRolling));
  if (total <= memory.bytes) return undefined;
  const side = `during a release old and new containers may use ${inMiB(total)} together`;
  return `host: ${side}, more than the ${inMiB(memory.bytes)} that it has; lower limits or replicas if a release runs out of memory`;
}

function sum(wanted: readonly Demand[]): number {
  return wanted.reduce((bytes, { memory, replicas }) => bytes + memory.bytes * replicas, 0);
}

const inMiB = (bytes: number): string => formatSize(mib(mebibytes({ bytes })));
