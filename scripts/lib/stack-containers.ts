import type Docker from "dockerode";
import { readServing, type Serving } from "../../components/engine/serving.ts";
import { LABEL, labelFilter, type StackId, stackLabels } from "../../components/lib/names.ts";

/** A container of the stack, as people tell it from the others. */
export interface StackContainer {
  readonly id: string;
  /** Its Docker name: `onehost-dev-backend-0-6fca5b6`. */
  readonly name: string;
  readonly service: string;
  /** Which of the service's containers it stands for: `backend-0`; the service's own name where there is one only. */
  readonly replica: string;
  /** What people call its image. */
  readonly image: string;
  /** Whether requests go to it; undefined where the edge has no route to its service. */
  readonly serving: boolean | undefined;
}

/** The stack's containers, running or not, in the order of their names. */
export async function containersOf(docker: Docker, id: StackId): Promise<StackContainer[]> {
  const filters = { label: [...labelFilter(stackLabels(id)), LABEL.service] };
  const found = await docker.listContainers({ all: true, filters });
  const edge = found.find(({ Labels }) => Labels[LABEL.service] === "edge");
  const serving = edge === undefined ? {} : await readServing(docker.getContainer(edge.Id));
  return found
    .map((container) => describe(id, container, serving))
    .sort((a, b) => a.replica.localeCompare(b.replica) || a.name.localeCompare(b.name));
}

function describe(id: StackId, { Id, Names, Labels }: Docker.ContainerInfo, serving: Serving): StackContainer {
  const name = (Names[0] ?? "").slice(1);
  const service = Labels[LABEL.service] ?? "";
  return {
    id: Id,
    name,
    service,
    replica: replicaOf(id, name, Labels[LABEL.rollout] === "rolling"),
    image: Labels[LABEL.image] ?? "",
    serving: serving[service]?.has(name),
  };
}

/** The logical name: without what makes it unique on the host, and, where Pulumi named it, without its random end. */
export function replicaOf({ project, stack }: StackId, name: string, isAutonamed: boolean): string {
  const prefix = `${project}-${stack}-`;
  const own = name.startsWith(prefix) ? name.slice(prefix.length) : name;
  return isAutonamed ? own.replace(/-[0-9a-f]{7}$/, "") : own;
}

/** Whether it is left over: from a version that was replaced, or from a release that did not get through. */
export function isLeftover({ serving }: StackContainer): boolean {
  return serving === false;
}

/** How a line about it begins. A leftover is told from what serves in its place by its full name. */
export function labelOf({ replica, name, serving }: StackContainer): string {
  return serving === false ? `${name} (not serving)` : replica;
}
