import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { isStatus } from "../../components/engine/command.ts";
import { labelFilter, LABEL, type StackId, stackLabels } from "../../components/lib/names.ts";
import type { HostObject } from "./leftovers.ts";

/** All that carries a stack's labels on its host; of the volumes those that no container uses. */
export async function hostObjects(docker: Docker, id: StackId): Promise<HostObject[]> {
  const label = labelFilter(stackLabels(id));
  const [containers, networks, { Volumes: volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters: { label } }),
    docker.listNetworks({ filters: { label } }),
    docker.listVolumes({ filters: JSON.stringify({ label, dangling: ["true"] }) as never }),
  ]);
  return [
    ...containers.map(({ Id, Names, Created }) => object("container", Id, Names[0]?.slice(1), Created * 1000)),
    ...networks.map(({ Id, Name, Created }) => object("network", Id, Name, Created)),
    ...(volumes ?? []).map((volume) => object("volume", volume.Name, volume.Name, createdAt(volume))),
  ];
}

function object(kind: HostObject["kind"], id: string, name = id, created: string | number): HostObject {
  return { kind, id, name, createdAt: new Date(created) };
}

/** The API client's types leave it out. */
function createdAt(volume: Docker.VolumeInspectInfo): string {
  return (volume as { CreatedAt?: string }).CreatedAt ?? "";
}

/** How far the engine's clock is ahead of this machine's, in milliseconds. */
export async function clockLead(docker: Docker): Promise<number> {
  const { SystemTime } = (await docker.info()) as { SystemTime: string };
  return new Date(SystemTime).getTime() - Date.now();
}

/** Removes one of them as gently as its kind allows. What is gone already is as good as removed. */
export async function removeObject(docker: Docker, { kind, id }: HostObject): Promise<void> {
  try {
    if (kind === "container") await removeContainer(docker.getContainer(id));
    else if (kind === "network") await docker.getNetwork(id).remove();
    else await docker.getVolume(id).remove();
  } catch (error) {
    if (!isStatus(error, 404)) throw error;
  }
}

/** With its anonymous volumes; what holds data has a name. */
async function removeContainer(container: Docker.Container): Promise<void> {
  const { Config } = await container.inspect();
  if (Config.Labels[LABEL.rollout] === "recreate") await settled(container);
  await container.stop().catch((error: Error) => {
    // It was not running.
    if (!isStatus(error, 304)) throw error;
  });
  await container.remove({ v: true, force: true });
}

/**
 * Waits for the end of a start. A database that is stopped while it makes its first files takes the half of them for
 * whole at its next start: the official image of Postgres makes them in place.
 */
async function settled(container: Docker.Container): Promise<void> {
  for (let waited = 0; waited < SETTLE_SECONDS; waited += 0.5) {
    const { State } = await container.inspect();
    if (!State.Running || State.Health?.Status !== "starting") return;
    await sleep(500);
  }
}

const SETTLE_SECONDS = 60;
