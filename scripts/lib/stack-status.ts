import { type ContainerStatus, statusOf } from "./container-status.ts";
import { expectedServices } from "./expected-services.ts";
import type { RunningStack } from "./running-stack.ts";
import { isLeftover, type StackContainer } from "./stack-containers.ts";

export interface StackStatus {
  readonly stack: string;
  /** Where the edge serves; null while it publishes nothing. */
  readonly url: string | null;
  readonly well: boolean;
  readonly containers: readonly ContainerStatus[];
}

/** How a stack is: what its host has, and what its settings ask for beyond that. */
export async function stackStatus(
  { docker, id, containers }: RunningStack,
  config: Readonly<Record<string, unknown>>,
): Promise<StackStatus> {
  const found = await Promise.all(containers.map((container) => statusOf(docker, container)));
  const all = [...found, ...missing(expectedServices(config), containers)];
  const url = domainUrl(config["edge"] as Edge | undefined) ?? (await publishedUrl({ docker, containers }));
  return { stack: id.stack, url, well: all.every(({ well }) => well), containers: all };
}

/** A line for each container that there ought to be. */
export function missing(
  expected: Readonly<Record<string, number>>,
  containers: readonly StackContainer[],
): ContainerStatus[] {
  return Object.entries(expected).flatMap(([service, count]) => {
    const present = containers.filter((one) => one.service === service && !isLeftover(one)).length;
    const line = { service, container: service, state: "missing", restarts: 0, image: "", serving: null, well: false };
    return Array.from({ length: Math.max(0, count - present) }, () => line);
  });
}

interface Edge {
  readonly domain?: string;
  readonly publishTls?: string;
}

/** Where visitors find the domain, if the stack has one; the host alone does not know its name. */
export function domainUrl({ domain, publishTls = "" }: Edge = {}): string | undefined {
  if (!domain) return undefined;
  const port = publishTls.split(":").at(-1);
  return port === "443" ? `https://${domain}` : `https://${domain}:${port}`;
}

async function publishedUrl({
  docker,
  containers,
}: Pick<RunningStack, "docker" | "containers">): Promise<string | null> {
  const edge = containers.find(({ service }) => service === "edge");
  if (edge === undefined) return null;
  const { HostConfig } = await docker.getContainer(edge.id).inspect();
  const [binding] = Object.values((HostConfig.PortBindings ?? {}) as Record<string, Binding[]>).flat();
  return binding === undefined ? null : `http://${binding.HostIp}:${binding.HostPort}`;
}

interface Binding {
  readonly HostIp: string;
  readonly HostPort: string;
}
