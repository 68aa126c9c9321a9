import type Docker from "dockerode";
import { LABEL, type StackId } from "../../components/lib/names.ts";

/** What a person wants to know of one container of the stack. */
export interface Service {
  readonly name: string;
  /** As the engine says it: `running`, `exited` …, with the health where the container has a check. */
  readonly state: string;
  readonly image: string;
  /** Bytes; 0 = no limit. */
  readonly memory: number;
}

/** The stack's containers, read from the engine by their labels. */
export async function servicesOf(docker: Docker, id: StackId): Promise<Service[]> {
  const label = [`${LABEL.project}=${id.project}`, `${LABEL.stack}=${id.stack}`];
  const containers = await docker.listContainers({ all: true, filters: { label } });
  const services = containers.filter(({ Labels }) => LABEL.service in Labels).map((info) => service(docker, info));
  return (await Promise.all(services)).sort((a, b) => a.name.localeCompare(b.name));
}

async function service(docker: Docker, { Id, Labels }: Docker.ContainerInfo): Promise<Service> {
  const { State, HostConfig, Image } = await docker.getContainer(Id).inspect();
  const tags = await tagsOf(docker, Image);
  return {
    name: Labels[LABEL.service] ?? "",
    state: State.Health === undefined ? State.Status : `${State.Status}, ${State.Health.Status}`,
    image: tags[0] ?? Image.slice("sha256:".length, "sha256:".length + 12),
    memory: HostConfig.Memory ?? 0,
  };
}

/** An image may be gone, or have lost its tag to a newer build, while containers of it run. */
async function tagsOf(docker: Docker, image: string): Promise<string[]> {
  try {
    return (await docker.getImage(image).inspect()).RepoTags;
  } catch {
    return [];
  }
}

/** A row of the table of services. */
export function serviceRow({ name, state, image, memory }: Service): string[] {
  return [name, state, image, memory === 0 ? "unlimited" : `${Math.round(memory / 1024 ** 2)} MiB`];
}
