import type Docker from "dockerode";
import { fixedName } from "../names.ts";
import type { PublishedPort } from "../plan.ts";
import { type Finding, toPeople } from "./finding.ts";
import type { DeclaredStack } from "./host.ts";
import { nameOf, type Seen } from "./seen.ts";

/** Containers of others that are on our networks, have our volumes or publish our ports. */
export function strangerFindings(declared: DeclaredStack, seen: Seen): Finding[] {
  return seen.strangers.flatMap((stranger) => [
    ...onOurNetwork(declared, stranger),
    ...inOurPlace(seen, stranger),
    ...withOurVolume(seen, stranger),
    ...takenPort(declared, stranger),
  ]);
}

export const namesOf = ({ Names }: Docker.ContainerInfo): string[] => Names.map((name) => name.slice(1));

function onOurNetwork({ id, networks }: DeclaredStack, stranger: Docker.ContainerInfo): Finding[] {
  const [name = stranger.Id] = namesOf(stranger);
  const ours = networks.map((network) => fixedName(id, network));
  const attached = Object.keys(stranger.NetworkSettings?.Networks ?? {}).filter((network) => ours.includes(network));
  return attached.map((network) => {
    const found = `${name} (${stranger.Image}), on ${network}, where it reaches this stack's services`;
    return toPeople(name, { property: "stranger", found, remedy: `docker network disconnect ${network} ${name}` });
  });
}

/** `--network container:…` puts it where the engine lists no network of it. */
function inOurPlace({ containers }: Seen, stranger: Docker.ContainerInfo): Finding[] {
  const [name = stranger.Id] = namesOf(stranger);
  const mode = stranger.HostConfig.NetworkMode ?? "";
  const host = containers.find(({ info }) => [info.Id, info.Name.slice(1)].some((one) => mode === `container:${one}`));
  if (!host) return [];
  const found = `${name} (${stranger.Image}), with the network of ${nameOf(host)}, where it passes for it`;
  return [toPeople(name, { property: "stranger", found, remedy: `docker rm -f ${name}` })];
}

/** Who only reads data makes backups; secrets are nobody's to read. */
function withOurVolume({ volumes }: Seen, stranger: Docker.ContainerInfo): Finding[] {
  const [name = stranger.Id] = namesOf(stranger);
  const mounts = stranger.Mounts.filter(
    ({ Name = "", RW }) => volumes.includes(Name) && (RW || /-secrets-/.test(Name)),
  );
  return mounts.map(({ Name, RW }) => {
    const found = `${name} (${stranger.Image}), which ${RW ? "may write to" : "reads"} the volume ${Name}`;
    return toPeople(name, { property: "stranger", found, remedy: `docker rm -f ${name}` });
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
