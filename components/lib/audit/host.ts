import type Docker from "dockerode";
import { fixedName, LABEL, type StackId } from "../names.ts";
import type { PublishedPort } from "../plan.ts";
import type { Finding } from "./finding.ts";
import { containersOf, isOfOurMake, nameOf, type Seen, type SeenContainer } from "./seen.ts";

/** What of a stack is compared with the host as a whole. */
export interface DeclaredStack {
  readonly id: StackId;
  /** Container resources: "redis", "backend-0". */
  readonly resources: readonly string[];
  readonly networks: readonly string[];
  readonly ports: readonly PublishedPort[];
}

/** What is on the host and belongs to no declared container: strays, strangers on our networks, names and ports. */
export function hostFindings(declared: DeclaredStack, seen: Seen): Finding[] {
  return [
    ...strays(declared, seen),
    ...unfinished(declared, seen),
    ...imitations(declared, seen),
    ...takenNetworks(declared, seen),
    ...seen.strangers.flatMap((stranger) => [
      ...takenName(declared, stranger),
      ...onOurNetwork(declared, stranger),
      ...takenPort(declared, stranger),
    ]),
  ];
}

type Rest = Pick<Finding, "property" | "found" | "remedy">;

/** No `up` touches what is not ours; so people are told. */
function toPeople(on: string, rest: Rest): Finding {
  return { service: "host", on, ...rest, cure: "people", gap: false };
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

/** Two containers of one resource: a release whose gates have not all passed, or what a killed one left. */
function unfinished({ id, resources }: DeclaredStack, seen: Seen): Finding[] {
  return resources.flatMap((resource) => {
    const [serving, ...waiting] = containersOf(seen, id, resource);
    if (!serving || waiting.length === 0) return [];
    const found = `${nameOf(serving)} serves, ${waiting.map(nameOf).join(" and ")} waits for its gate`;
    const remedy = "up asks the gate again";
    return [{ ...toPeople(nameOf(serving), { property: "unfinished release", found, remedy }), service: resource }];
  });
}

const namesOf = ({ Names }: Docker.ContainerInfo): string[] => Names.map((name) => name.slice(1));

/** A container that somebody made by hand in the place of one of ours: `up` cannot make ours. */
function takenName({ id, resources }: DeclaredStack, stranger: Docker.ContainerInfo): Finding[] {
  const taken = resources.filter((resource) => namesOf(stranger).includes(fixedName(id, resource)));
  return taken.map((resource) => nameTaken(id, resource, `${stranger.Image}, ${stranger.Status}`));
}

/** The same, with our labels copied. */
function imitations({ id, resources }: DeclaredStack, { containers }: Seen): Finding[] {
  const foreign = containers.filter((container) => !isOfOurMake(container));
  return resources.flatMap((resource) => {
    const found = foreign.find((container) => nameOf(container) === fixedName(id, resource));
    return found ? [nameTaken(id, resource, `${found.info.Config.Image}, ${found.info.State.Status}`)] : [];
  });
}

function nameTaken(id: StackId, resource: string, what: string): Finding {
  const name = fixedName(id, resource);
  const found = `that of a container which this stack did not make (${what})`;
  const remedy = `up cannot make its own before this one is gone: docker rm -f ${name}, or docker rename it`;
  return { ...toPeople(name, { property: "name", found, remedy }), service: resource };
}

/** A network that somebody made in the place of one of ours: the engine lets `up` make no second one. */
function takenNetworks({ id, networks }: DeclaredStack, { foreignNetworks }: Seen): Finding[] {
  const taken = networks.map((network) => fixedName(id, network)).filter((name) => foreignNetworks.includes(name));
  return taken.map((name) => {
    const remedy = `up cannot make its own before this one is gone: docker network rm ${name}`;
    const found = "that of a network which this stack did not make";
    return { ...toPeople(name, { property: `name ${name}`, found, remedy }), service: "networks" };
  });
}

function onOurNetwork({ id, networks }: DeclaredStack, stranger: Docker.ContainerInfo): Finding[] {
  const [name = stranger.Id] = namesOf(stranger);
  const ours = networks.map((network) => fixedName(id, network));
  const attached = Object.keys(stranger.NetworkSettings?.Networks ?? {}).filter((network) => ours.includes(network));
  return attached.map((network) => {
    const found = `${name} (${stranger.Image}), on ${network}, where it reaches this stack's services`;
    return toPeople(name, { property: "stranger", found, remedy: `docker network disconnect ${network} ${name}` });
  });
}

function takenPort({ ports }: DeclaredStack, stranger: Docker.ContainerInfo): Finding[] {
  const [name = stranger.Id] = namesOf(stranger);
  const taken = ports.filter((port) => stranger.Ports.some((other) => collides(port, other)));
  return taken.map(({ ip, external }) => {
    const found = `published by ${name} (${stranger.Image})`;
    return toPeople(name, {
      property: `port ${ip}:${external}`,
      found,
      remedy: `docker rm -f ${name}, or publish another port`,
    });
  });
}

function collides({ ip, external }: PublishedPort, { IP, PublicPort }: Docker.Port): boolean {
  const anywhere = ["0.0.0.0", "::", ""];
  return external === PublicPort && (ip === IP || anywhere.includes(ip) || anywhere.includes(IP ?? ""));
}
