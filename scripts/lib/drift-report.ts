import type { Finding } from "../../components/lib/audit/finding.ts";
import { nameOf, type Step, typeOf } from "./preview-step.ts";

/** One line of the report: something in which host and stack file differ. */
export interface Difference {
  /** Whether somebody changed the host, or the stack file says something that no `up` has applied yet. */
  readonly since: "changed on the host" | "not applied yet";
  /** Name of the container, volume, network … as the program calls it. */
  readonly service: string;
  readonly property: string;
  readonly found: string;
  readonly declared: string;
  /** What the next `up` does about it, or what people can do. */
  readonly remedy: string;
  /** Whether users notice while `up` does so. */
  readonly gap: boolean;
}

type Values = Readonly<Record<string, unknown>>;

/** Inputs by URN, as the last `up` recorded them. */
export type Recorded = ReadonlyMap<string, Values>;

const CHANGES = ["create", "update", "replace", "delete"];

/** Services that are stopped before their successor starts; all others are replaced without a gap. */
const RECREATED = ["postgres", "redis", "edge", "beat", "bot"];

/**
 * Everything in which host and stack file differ: what the audit found, and what the engine would change. Steps that
 * only follow from others (a gate for a new container) are left out, unless there is nothing else to say.
 */
export function differences(steps: readonly Step[], findings: readonly Finding[], recorded: Recorded): Difference[] {
  const changes = steps.filter(({ op }) => CHANGES.includes(op));
  const own = changes.filter((step) => !isCommand(step) && !isComponent(step));
  const commands = changes.filter((step) => isCommand(step) && !isTriggered(step));
  const changed = own.flatMap((step) => ofStep(step, recorded));
  const told = [...findings.map(ofFinding), ...changed.filter((one) => !isSaid(one, findings))];
  return told.length > 0 ? told : commands.flatMap((step) => ofStep(step, recorded));
}

/**
 * The provider has its own word for a container that stands still, and takes one that somebody made in the place of ours
 * for none at all.
 */
function isSaid({ service, property }: Difference, findings: readonly Finding[]): boolean {
  const isStandingStill = (finding: Finding): boolean =>
    property === "mustRun" && finding.property === "state" && service.startsWith(finding.service);
  const hasItsName = (finding: Finding): boolean =>
    NAMED.includes(property) && /^name\b/.test(finding.property) && finding.on.endsWith(service.replace("network", ""));
  return findings.some((finding) => isStandingStill(finding) || hasItsName(finding));
}

const NAMED = ["container", "network"];

const isCommand = (step: Step): boolean => typeOf(step.urn) === "command:local:Command";
const isComponent = (step: Step): boolean => /^(onehost|pulumi):/.test(typeOf(step.urn));

/** Whether a command runs again for a finding, which says all there is to say. */
function isTriggered({ diffReasons }: Step): boolean {
  return (diffReasons ?? []).every((property) => property === "triggers") && (diffReasons ?? []).length > 0;
}

function ofFinding({ service, property, found, declared, remedy, gap }: Finding): Difference {
  return { since: "changed on the host", service, property, found, declared: declared ?? "", remedy, gap };
}

function ofStep(step: Step, recorded: Recorded): Difference[] {
  const before = recorded.get(step.urn);
  const base = { service: nameOf(step.urn), ...consequence(step) };
  if (step.op === "create") {
    const since = before ? "changed on the host" : "not applied yet";
    return [{ ...base, since, property: kindOf(step), found: before ? "gone" : "none", declared: "present" }];
  }
  if (step.op === "delete") {
    return [{ ...base, since: "not applied yet", property: kindOf(step), found: "present", declared: "none" }];
  }
  return changedProperties(step).map((property) => ({ ...base, ...difference(step, property, before) }));
}

/** "container", "network", "volume". */
function kindOf(step: Step): string {
  return (typeOf(step.urn).split(":").at(-1) ?? "resource").toLowerCase();
}

/** Properties without the path inside them; all of a replacement's causes. */
function changedProperties({ detailedDiff, diffReasons }: Step): string[] {
  const paths = Object.keys(detailedDiff ?? {}).map((path) => path.replace(/[.[].*/, ""));
  return [...new Set([...paths, ...(diffReasons ?? [])])];
}

function difference({ oldState, newState }: Step, property: string, before: Values | undefined) {
  const found = oldState?.outputs?.[property] ?? oldState?.inputs?.[property];
  const declared = newState?.inputs?.[property];
  const isPending = before !== undefined && JSON.stringify(before[property]) !== JSON.stringify(declared);
  const since: Difference["since"] = isPending ? "not applied yet" : "changed on the host";
  return { since, property, found: text(found), declared: text(declared) };
}

/** What `up` does, and whether users notice. */
function consequence(step: Step): Pick<Difference, "remedy" | "gap"> {
  const isService = typeOf(step.urn) === "docker:index/container:Container";
  const stops = isService && RECREATED.includes(nameOf(step.urn));
  if (step.op === "create") return { remedy: "up makes it", gap: stops };
  if (step.op === "delete") return { remedy: "up removes it", gap: stops };
  if (step.op === "update") return { remedy: "up changes it in place", gap: false };
  return { remedy: stops ? "up stops it and makes a new one" : "up makes a new one beside it first", gap: stops };
}

const SECRET = "1b47061264138c4ac30d75fd1eb44270";

function text(value: unknown): string {
  if (value === undefined || value === null) return "none";
  if (typeof value === "object" && Object.values(value).includes(SECRET)) return "[secret]";
  const written = typeof value === "string" ? value : JSON.stringify(value);
  return written.length > 60 ? `${written.slice(0, 57)}...` : written;
}
