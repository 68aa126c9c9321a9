import type Docker from "dockerode";
import { fixedName, type StackId } from "../names.ts";
import type { ServicePlan } from "../plan.ts";
import type { Difference } from "./compare.ts";

/** Networks by name, each with the aliases of a container on it. */
export type Attachments = Readonly<Record<string, readonly string[]>>;

/** The networks that a plan's container is on. */
export function networksOf(id: StackId, plan: Pick<ServicePlan, "networks" | "rollout" | "service">): Attachments {
  const aliases = plan.rollout === "recreate" ? [plan.service] : [];
  return Object.fromEntries(plan.networks.map((network) => [fixedName(id, network), aliases]));
}

/** The networks that a container is on. Docker's own aliases are left out: the short id, on newer engines the name. */
export function attachmentsOf({ Id, Name, NetworkSettings }: Docker.ContainerInspectInfo): Attachments {
  const own = [Id.slice(0, 12), Name.slice(1)];
  const networks = Object.entries(NetworkSettings.Networks) as [string, { Aliases: string[] | null }][];
  return Object.fromEntries(networks.map(([name, { Aliases }]) => [name, without(Aliases ?? [], own)]));
}

/** What is in one list and not in the other. */
export function without(list: readonly string[], others: readonly string[]): string[] {
  return list.filter((one) => !others.includes(one));
}

/** A network missing, one too many, an alias lost or added: the provider never reads any of it back. */
export function networkFindings(wanted: Attachments, info: Docker.ContainerInspectInfo): Difference[] {
  const present = attachmentsOf(info);
  const found = [
    ...without(Object.keys(wanted), Object.keys(present)).map((name) => `without ${name}`),
    ...Object.entries(present).flatMap(([name, aliases]) => attachment(name, aliases, wanted[name])),
  ].join(", ");
  if (found === "") return [];
  const declared = Object.keys(wanted).join(", ");
  return [{ property: "networks", found, declared, cure: "gate", remedy: "up connects it as declared", gap: false }];
}

function attachment(name: string, aliases: readonly string[], wanted: readonly string[] | undefined): string[] {
  if (wanted === undefined) return [`also on ${name}`];
  return [
    ...without(wanted, aliases).map((alias) => `on ${name} without its alias ${alias}`),
    ...without(aliases, wanted).map((alias) => `on ${name} also as ${alias}`),
  ];
}
