import { serviceOf } from "./picture.ts";
import { nameOf, type Operation, operationOf, type Step, typeOf } from "./preview-step.ts";

export interface PlannedChange {
  readonly operation: Operation;
  /** Properties that differ, by their first names: `envs`, `image`. */
  readonly properties: readonly string[];
}

/** What the next `up` would change. */
export interface Plan {
  readonly services: Readonly<Record<string, PlannedChange>>;
  readonly networks: Readonly<Record<string, PlannedChange>>;
  readonly volumes: Readonly<Record<string, PlannedChange>>;
  /** Everything else, by the resources' names. */
  readonly others: Readonly<Record<string, PlannedChange>>;
}

/** Gathers what a preview's steps would change, by what is drawn. */
export function planOf(steps: readonly Step[]): Plan {
  const plan = { services: {}, networks: {}, volumes: {}, others: {} };
  for (const step of steps) {
    const operation = operationOf(step);
    const place = placeOf(step);
    if (operation === undefined || place === undefined) continue;
    const group: Record<string, PlannedChange> = plan[place.group];
    group[place.name] = combined(group[place.name], { operation, properties: propertiesOf(step) });
  }
  return plan;
}

function placeOf({ urn, oldState, newState }: Step): { group: keyof Plan; name: string } | undefined {
  const [type, name] = [typeOf(urn), nameOf(urn)];
  if (type.endsWith(":Container")) return { group: "services", name: serviceOf((newState ?? oldState)?.inputs ?? {}) };
  if (type.endsWith(":Network")) return { group: "networks", name: name.replace(/^network-/, "") };
  if (type.endsWith(":Volume")) return { group: "volumes", name };
  // Components, the stack and providers are nothing on the host.
  return /^(docker|command|random):/.test(type) ? { group: "others", name } : undefined;
}

function propertiesOf({ detailedDiff }: Step): string[] {
  return Object.keys(detailedDiff ?? {}).map((path) => /^[^.[]*/.exec(path)?.[0] ?? path);
}

/** One word for all steps of a service: those of a replacement, and those of its replicas. */
function combined(earlier: PlannedChange | undefined, next: PlannedChange): PlannedChange {
  const properties = [...new Set([...(earlier?.properties ?? []), ...next.properties])].sort();
  if (earlier === undefined || earlier.operation === next.operation) return { operation: next.operation, properties };
  const both = new Set([earlier.operation, next.operation]);
  // More or fewer replicas of a service that stays are a change of it.
  return { operation: both.has("replace") ? "replace" : "update", properties };
}
