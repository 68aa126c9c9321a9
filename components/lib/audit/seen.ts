import type Docker from "dockerode";
import type { Capacity } from "../capacity.ts";
import { SERVES } from "../edge-check.ts";
import { fixedName, LABEL, type StackId } from "../names.ts";

/** How a container ended. */
export interface Ending {
  readonly exitCode: number;
  /** Whether the kernel killed a process of it for want of memory. */
  readonly outOfMemory: boolean;
}

/** A container of the stack as the host has it. */
export interface SeenContainer {
  readonly info: Docker.ContainerInspectInfo;
  /** The last line of its log that matters; only asked where the container is not well. */
  readonly lastWords: string;
  /** How it ended last; only asked where Docker started it again. @default - the engine does not know any more */
  readonly ending?: Ending;
  /** Whether its process 1 was stopped by a signal; where the program runs on another machine that is not known. */
  readonly isHalted: boolean;
  /** Whether the kernel killed a process in it for want of memory since it started, a few minutes ago at most. */
  readonly isStarved: boolean;
  /** What its own check found, one line per difference (lib/audit/report.ts); empty where all is as declared. */
  readonly report: string;
  /** What is wrong with the files of the secrets that it mounts. */
  readonly secrets: readonly string[];
}

/** A network of the host. */
export interface SeenNetwork {
  readonly id: string;
  readonly name: string;
  /** Whether it has the stack's labels. */
  readonly isLabelled: boolean;
}

/** What the Docker Engine said at the start of the run. */
export interface Seen {
  readonly at: Date;
  readonly containers: readonly SeenContainer[];
  /** Containers of others on the same host. */
  readonly strangers: readonly Docker.ContainerInfo[];
  /** Names of the stack's volumes. */
  readonly volumes: readonly string[];
  readonly networks: readonly SeenNetwork[];
  readonly capacity: Capacity;
}

/** What the program goes by when the audit is off, or the host is empty: nothing was found. */
export const NOTHING_SEEN: Seen = {
  at: new Date(0),
  containers: [],
  strangers: [],
  volumes: [],
  networks: [],
  capacity: { memory: { bytes: 0 }, cpus: 0 },
};

/** Whether labels are those of the stack. The engine answers null for a container without any (seen). */
export function belongsTo({ project, stack }: StackId, labels: Readonly<Record<string, string>> | null): boolean {
  return labels?.[LABEL.project] === project && labels[LABEL.stack] === stack;
}

export const nameOf = ({ info }: SeenContainer): string => info.Name.slice(1);

export const serviceOf = ({ info }: SeenContainer): string => info.Config.Labels[LABEL.service] ?? "";

/** Whether a container is as this stack makes them; who makes one by hand copies labels at most. */
export function isOfOurMake({ info: { HostConfig } }: SeenContainer): boolean {
  return HostConfig.ReadonlyRootfs === true && HostConfig.Init === true && String(HostConfig.CapDrop) === "ALL";
}

/** Names of the containers that requests go to, as the edge's check says; empty where the edge does not answer. */
export function servingNames({ containers }: Seen): Set<string> {
  const lines = containers.filter((one) => serviceOf(one) === "edge").flatMap(({ report }) => report.split("\n"));
  return new Set(lines.filter((line) => line.startsWith(SERVES)).map((line) => line.slice(SERVES.length)));
}

/**
 * The containers that were made for one container resource: first the one that serves, then the oldest. There are more
 * than one during a release, and where it was left unfinished.
 */
export function containersOf(seen: Seen, id: StackId, resource: string): SeenContainer[] {
  const fixed = fixedName(id, resource);
  const serving = servingNames(seen);
  const rank = (container: SeenContainer): number => (serving.has(nameOf(container)) ? 0 : 1);
  const autonamed = new RegExp(`^${fixed}-[0-9a-f]{7}$`);
  return seen.containers
    .filter((container) => nameOf(container) === fixed || autonamed.test(nameOf(container)))
    .filter(isOfOurMake)
    .sort((a, b) => rank(a) - rank(b) || a.info.Created.localeCompare(b.info.Created));
}
