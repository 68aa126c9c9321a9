import type Docker from "dockerode";
import { belongsTo, type Seen, type SeenContainer, type SeenNetwork } from "../lib/audit/seen.ts";
import { labelFilter, type StackId, stackLabels } from "../lib/names.ts";
import { type Starved, starvedContainers } from "./ending.ts";
import { readHost } from "./host-capacity.ts";
import { Look, type Questions } from "./look.ts";

/**
 * Looks at a stack's containers: one list, then everything else side by side. Changes nothing. A container that goes
 * while it is looked at is left out.
 */
export async function observe(engine: Docker, id: StackId, questions: Questions): Promise<Seen> {
  const host = readHost(engine);
  const starved = host.then(({ clock }) => starvedContainers(engine, clock));
  const [{ at, strangers, containers }, volumes, networks, { capacity }] = await Promise.all([
    lookAtContainers(engine, id, questions, starved),
    listVolumes(engine, id),
    listNetworks(engine, id),
    host,
    starved,
  ]);
  return { at, containers, strangers, volumes, networks, capacity };
}

type Containers = Pick<Seen, "at" | "strangers" | "containers">;

async function lookAtContainers(
  engine: Docker,
  id: StackId,
  questions: Questions,
  starved: Promise<Starved>,
): Promise<Containers> {
  const all = await engine.listContainers({ all: true });
  const at = new Date();
  const own = all.filter(({ Labels }) => belongsTo(id, Labels));
  const look = new Look(engine, questions, starved, at);
  const containers = await Promise.all(own.map(({ Id }) => look.at(Id)));
  const isPresent = (one: SeenContainer | undefined): one is SeenContainer => one !== undefined;
  return { at, strangers: all.filter((one) => !own.includes(one)), containers: containers.filter(isPresent) };
}

async function listNetworks(engine: Docker, id: StackId): Promise<SeenNetwork[]> {
  const networks = await engine.listNetworks();
  return networks.map(({ Id, Name, Labels }) => ({ id: Id, name: Name, isLabelled: belongsTo(id, Labels ?? null) }));
}

async function listVolumes(engine: Docker, id: StackId): Promise<string[]> {
  const filters = { label: labelFilter(stackLabels(id)) };
  const { Volumes } = await engine.listVolumes({ filters: JSON.stringify(filters) as never });
  return (Volumes ?? []).map(({ Name }) => Name);
}
