import { LABEL } from "../../components/lib/names.ts";
import { type Declared, dockerNameOf, idOf } from "./program.ts";

/** A stack as it is drawn. Nothing in it is secret. */
export interface Picture {
  readonly stack: string;
  readonly networks: readonly { readonly name: string; readonly internal: boolean }[];
  readonly services: readonly ServiceCard[];
  /** What runs once, to its end, in each release that needs it. */
  readonly jobs: readonly string[];
}

export interface ServiceCard {
  readonly service: string;
  readonly replicas: number;
  /** What people call it. */
  readonly image: string;
  /** Of each replica: "256 MiB, 1.0 CPU". */
  readonly limits: string;
  readonly ports: readonly string[];
  readonly networks: readonly string[];
  readonly volumes: readonly { readonly name: string; readonly protect: boolean }[];
  /** Names of the files in its secrets' directory. */
  readonly secrets: readonly string[];
  /** Services that it opens connections to. */
  readonly calls: readonly string[];
}

/** Gathers the picture of a stack from what its program declares. */
export function pictureOf(stack: string, declared: readonly Declared[]): Picture {
  const networks = ofType(declared, "Network").map(({ name, inputs }) => ({
    name: networkName(name),
    internal: inputs["internal"] === true,
  }));
  const jobs = ofType(declared, "Command").filter(({ inputs }) => String(inputs["create"]).endsWith("/job.ts"));
  return { stack, networks, services: cardsOf(declared), jobs: jobs.map(({ name }) => name) };
}

const ofType = (declared: readonly Declared[], type: string): Declared[] =>
  declared.filter((resource) => resource.type.endsWith(`:${type}`));

const networkName = (resource: string): string => resource.replace(/^network-/, "");

/** One card for all replicas of a service, which differ in nothing but their names. */
function cardsOf(declared: readonly Declared[]): ServiceCard[] {
  const services = new Map<string, Declared[]>();
  for (const container of ofType(declared, "Container"))
    services.set(serviceOf(container.inputs), [...(services.get(serviceOf(container.inputs)) ?? []), container]);
  return [...services].map(([service, containers]) => card(service, containers, declared));
}

/** The service of a container, from the labels among its inputs. */
export function serviceOf(inputs: Declared["inputs"]): string {
  return labelOf(inputs, LABEL.service);
}

function labelOf(inputs: Declared["inputs"], key: string): string {
  const labels = (inputs["labels"] ?? []) as { label: string; value: string }[];
  return labels.find(({ label }) => label === key)?.value ?? "";
}

function card(service: string, containers: readonly Declared[], declared: readonly Declared[]): ServiceCard {
  const { inputs } = containers[0] as Declared;
  const volumes = mountedBy(inputs, declared);
  const secrets = volumes.flatMap(({ name }) => secretNames(name, declared));
  const plain = volumes.filter(({ name }) => secretNames(name, declared).length === 0);
  return {
    service,
    replicas: containers.length,
    image: labelOf(inputs, LABEL.image),
    limits: `${Number(inputs["memory"])} MiB, ${String(inputs["cpus"])} CPU`,
    ports: ((inputs["ports"] ?? []) as Port[]).map(({ ip, external }) => `${ip}:${external}`),
    networks: ofType(declared, "Network")
      .filter(({ name }) => JSON.stringify(inputs["networksAdvanced"]).includes(`"${idOf(name)}"`))
      .map(({ name }) => networkName(name)),
    volumes: plain.map(({ name, protect }) => ({ name, protect })),
    secrets,
    calls: [...secrets.map((secret) => ADDRESSES[secret] ?? ""), ...routesOf(service, declared)].filter(Boolean),
  };
}

interface Port {
  readonly ip: string;
  readonly external: number;
}

/** Secrets that are the address of a service. */
const ADDRESSES: Readonly<Record<string, string>> = { database_url: "postgres", redis_url: "redis" };

function mountedBy(inputs: Declared["inputs"], declared: readonly Declared[]): Declared[] {
  const sources = ((inputs["mounts"] ?? []) as { source: string }[]).map(({ source }) => source);
  return ofType(declared, "Volume").filter((volume) => sources.includes(dockerNameOf(volume)));
}

/** Names of the files that a volume of secrets holds; none for any other volume. */
function secretNames(volume: string, declared: readonly Declared[]): string[] {
  const files = ofType(declared, "SecretFiles").find(({ name }) => name === volume);
  return (files?.inputs["names"] ?? []) as string[];
}

/** What the edge's routes point at. */
function routesOf(service: string, declared: readonly Declared[]): string[] {
  if (service !== "edge") return [];
  const [environment] = ofType(declared, "Command")
    .map(({ inputs }) => inputs["environment"] as Record<string, string>)
    .filter((variables) => "TARGETS" in variables);
  return Object.keys(JSON.parse(environment?.["TARGETS"] ?? "{}") as object).sort();
}
