import type Docker from "dockerode";
import { fixedName, LABEL, type StackId } from "../names.ts";
import type { PublishedPort } from "../plan.ts";
import { type Finding, toPeople } from "./finding.ts";
import { containersOf, isOfOurMake, nameOf, type Seen, type SeenContainer } from "./seen.ts";
import { namesOf, strangerFindings } from "./strangers.ts";

/** What of a stack is compared with the host as a whole. */
export interface DeclaredStack {
  readonly id: StackId;
  /** Container resources: "redis", "backend-0". */
  readonly resources: readonly string[];
  readonly networks: readonly string[];
  /** Volume resources, those of services that are not asked for as well: an `up` removes them. */
  readonly volumes: readonly string[];
  readonly ports: readonly PublishedPort[];
}

/** What is on the host and belongs to no declared container: strays, strangers on our networks, names and ports. */
export function hostFindings(declared: DeclaredStack, seen: Seen): Finding[] {
  return [
    ...strays(declared, seen),
    ...unfinished(declared, seen),
    ...imitations(declared, seen),
    ...takenNetworks(declared, seen),
    ...strayNetworks(declared, seen),
    ...strayVolumes(declared, seen),
    ...seen.strangers.flatMap((stranger) => takenName(declared, stranger)),
    ...strangerFindings(declared, seen),
  ];
}

function strays({ id, resources }: DeclaredStack, seen: Seen): Finding[] {
  const known = resources.flatMap((resource) => containersOf(seen, id, resource));
  const names = resources.map((resource) => fixedName(id, resource));
  const others = seen.containers.filter((one) => !known.includes(one) && !names.includes(nameOf(one)));
  const lasting = others.filter((one) => !isPassing(one, seen.at));
  return lasting.map((container) => {
    const name = nameOf(container);
    const found = `${name}, with this stack's labels, made from ${container.info.Config.Image}`;
    const remedy = `up removes it if Pulumi made it; if somebody else did: docker rm -f ${name}`;
    return toPeople(name, { property: "stray container", found, remedy });
  });
}

/** Jobs, and the carriers of a fill, come and go by themselves while an `up` runs. */
function isPassing({ info }: SeenContainer, now: Date): boolean {
  const isNew = now.getTime() - new Date(info.Created).getTime() < 60_000;
  return isNew && (info.State.Status === "created" || info.Config.Labels[LABEL.rollout] === "job");
}

/** Several containers of one resource: a release that did not come to its end, or what somebody made by hand. */
function unfinished({ id, resources }: DeclaredStack, seen: Seen): Finding[] {
  return resources.flatMap((resource) => {
    const [serving, ...others] = containersOf(seen, id, resource);
    if (!serving) return [];
    const isNewer = ({ info }: SeenContainer): boolean => info.Created > serving.info.Created;
    const found = [
      ...waiting(serving, others.filter(isNewer)),
      ...left(
        serving,
        others.filter((one) => !isNewer(one)),
      ),
    ];
    return found.map((finding) => ({ ...finding, service: resource }));
  });
}

function waiting(serving: SeenContainer, newer: readonly SeenContainer[]): Finding[] {
  if (newer.length === 0) return [];
  const found = `${nameOf(serving)} serves, ${newer.map(nameOf).join(" and ")} waits for its gate`;
  return [toPeople(nameOf(serving), { property: "unfinished release", found, remedy: "up asks the gate again" })];
}

/** Pulumi removes what it replaces last of all, so not where anything failed after the switch. */
function left(serving: SeenContainer, older: readonly SeenContainer[]): Finding[] {
  return older.map(nameOf).map((name) => {
    const found = `${name}, which no request goes to since ${nameOf(serving)} serves`;
    const remedy = `up removes it if Pulumi made it; if somebody else did: docker rm -f ${name}`;
    return toPeople(name, { property: "left over", found, remedy });
  });
}

/** A container that somebody made by hand in the place of one of ours: `up` cannot make ours. */
function takenName({ id, resources }: DeclaredStack, stranger: Docker.ContainerInfo): Finding[] {
  const taken = resources.filter((resource) => namesOf(stranger).includes(fixedName(id, resource)));
  const what = `${stranger.Image}, ${stranger.Status}`;
  return taken.map((resource) => nameTaken(resource, fixedName(id, resource), what));
}

/** The same, with our labels copied. */
function imitations({ id, resources }: DeclaredStack, { containers }: Seen): Finding[] {
  const foreign = containers.filter((container) => !isOfOurMake(container));
  return resources.flatMap((resource) => {
    const found = foreign.find((container) => nameOf(container) === fixedName(id, resource));
    return found ? [takenByContainer(resource, found)] : [];
  });
}

/** A container with our labels, under a name that `up` is about to give to its own. */
export function takenByContainer(resource: string, container: SeenContainer): Finding {
  const { Config, State } = container.info;
  return nameTaken(resource, nameOf(container), `${Config.Image}, ${State.Status}`);
}

function nameTaken(resource: string, name: string, what: string): Finding {
  const found = `that of a container which this stack did not make (${what})`;
  const remedy = `up cannot make its own before this one is gone: docker rm -f ${name}, or docker rename it`;
  return { ...toPeople(name, { property: "name", found, remedy }), service: resource };
}

/** A network that somebody made in the place of one of ours: the engine lets `up` make no second one. */
function takenNetworks({ id, networks }: DeclaredStack, seen: Seen): Finding[] {
  const names = networks.map((network) => fixedName(id, network));
  const foreign = seen.networks.filter(({ isLabelled }) => !isLabelled).map(({ name }) => name);
  return names.filter((name) => foreign.includes(name)).map(takenByNetwork);
}

/** A network under a name that `up` is about to give to its own. The engine removes none that containers are on. */
export function takenByNetwork(name: string): Finding {
  const emptied = `for c in $(docker ps -aqf network=${name}); do docker network disconnect -f ${name} $c; done`;
  const remedy = `up cannot make its own before this one is gone: ${emptied}; docker network rm ${name}`;
  const found = "that of a network which this stack did not make";
  return { ...toPeople(name, { property: `name ${name}`, found, remedy }), service: "networks" };
}

function strayNetworks({ id, networks }: DeclaredStack, seen: Seen): Finding[] {
  const names = networks.map((network) => fixedName(id, network));
  const strays = seen.networks.filter(({ name, isLabelled }) => isLabelled && !names.includes(name));
  return strays.map(({ name }) => stray("network", name));
}

function strayVolumes({ id, volumes }: DeclaredStack, seen: Seen): Finding[] {
  const ours = volumes.map((volume) => new RegExp(`^${fixedName(id, volume)}(-[0-9a-f]{7})?$`));
  const strays = seen.volumes.filter((name) => !ours.some((pattern) => pattern.test(name)));
  return strays.map((name) => stray("volume", name));
}

function stray(kind: "network" | "volume", name: string): Finding {
  const remedy = `nothing of this stack uses it; if nobody else does: docker ${kind} rm ${name}`;
  return toPeople(name, { property: `stray ${kind}`, found: `${name}, with this stack's labels`, remedy });
}
