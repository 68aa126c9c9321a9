/** Who acts on a finding in the next `up`: the container's gate, its secrets' fill, the edge's switch; or nobody but people. */
export type Cure = "gate" | "fill" | "switch" | "people";

/** A difference between the host and the declared stack that the provider does not see. */
export interface Finding {
  /** The part of the stack that it belongs to: "redis", "app-secrets", "host". */
  readonly service: string;
  /** Name of the container, or of what else it was found on. */
  readonly on: string;
  /** What differs: "state", "networks", "pids limit". */
  readonly property: string;
  /** What the host has. */
  readonly found: string;
  /** What the stack declares. @default - nothing that a value could say */
  readonly declared?: string;
  readonly cure: Cure;
  /** What the cure does, or what people can do: "up unpauses it". */
  readonly remedy: string;
  /** Whether users notice while `up` cures it. */
  readonly gap: boolean;
}

/** `state: paused (declared: running); up unpauses it` */
export function renderFinding({ property, found, declared, remedy }: Finding): string {
  const wanted = declared === undefined ? "" : ` (declared: ${declared})`;
  return `${property}: ${found}${wanted}; ${remedy}`;
}

/**
 * Inputs and options that make a command run once more for what was found, and leave it alone where nothing was. The
 * text carries the time: a command does not run twice for the same text, and the same trouble may come twice.
 */
export function triggeredBy(findings: readonly Finding[], at: Date): { triggers: string[]; ignoreChanges: string[] } {
  if (findings.length === 0) return { triggers: [], ignoreChanges: ["triggers"] };
  const time = at.toISOString().slice(0, 19).replace("T", " ");
  const texts = findings.map(({ on, property, found }) => `${property}: ${found} (${on}, ${time})`);
  return { triggers: texts, ignoreChanges: [] };
}

type Rest = Pick<Finding, "property" | "found" | "remedy">;

/** What no `up` touches, because it is not ours; so people are told. */
export function toPeople(on: string, rest: Rest): Finding {
  return { service: "host", on, ...rest, cure: "people", gap: false };
}
