import type Docker from "dockerode";
import type { Capacity } from "../capacity.ts";
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
  /** What its own check found, one line per difference (lib/audit/report.ts); empty where all is as declared. */
  readonly report: string;
  /** What is wrong with the files of the secrets that it mounts. */
  readonly secrets: readonly string[];
}

/** What the Docker Engine said at the start of the run. */
export interface Seen {
  readonly at: Date;
  readonly containers: readonly SeenContainer[];
  /** Containers of others on the same host. */
  readonly strangers: readonly Docker.ContainerInfo[];
  /** Names of the stack's volumes. */
  readonly volumes: readonly string[];
  /** Names of networks that this stack did not make. */
  readonly foreignNetworks: readonly string[];
  readonly capacity: Capacity;
}

/** What the program goes by when the audit is off, or the host is empty: nothing was found. */
export const NOTHING_SEEN: Seen = {
  at: new Date(0),
  containers: [],
  strangers: [],
  volumes: [],
  foreignNetworks: [],
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

/** The containers that were made for one container resource, the oldest first: more than one during a release. */
export function containersOf(seen: Seen, id: StackId, resource: string): SeenContainer[] {
  const fixed = fixedName(id, resource);
  const autonamed = new RegExp(`^${fixed}-[0-9a-f]{7}$`);
  return seen.containers
    .filter((container) => nameOf(container) === fixed || autonamed.test(nameOf(container)))
    .filter(isOfOurMake)
    .sort((a, b) => a.info.Created.localeCompare(b.info.Created));
}
