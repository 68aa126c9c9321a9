/** Which stack a resource belongs to. Every label and fixed name derives from it. */
export interface StackId {
  /** The Pulumi project's name. */
  readonly project: string;
  /** The Pulumi stack's name: the environment. */
  readonly stack: string;
}

/** Labels by which our own code and people find a stack's resources on the host. */
export const LABEL = {
  project: "onehost.project",
  stack: "onehost.stack",
  service: "onehost.service",
  rollout: "onehost.rollout",
  image: "onehost.image",
  secrets: "onehost.secrets",
} as const;

/** A fixed Docker name: `onehost-dev-postgres`. Unique on a host, because project and stack are in it. */
export function fixedName({ project, stack }: StackId, part: string): string {
  return `${project}-${stack}-${part}`;
}

/** The labels that every resource of a stack carries. */
export function stackLabels({ project, stack }: StackId): Record<string, string> {
  return { [LABEL.project]: project, [LABEL.stack]: stack };
}

/** Labels as the engine's filter for containers that have all of them. */
export function labelFilter(labels: Readonly<Record<string, string>>): string[] {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`);
}

/** Labels as the provider's list, sorted so that previews of two machines agree. */
export function labelList(labels: Record<string, string>): { label: string; value: string }[] {
  return Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, value]) => ({ label, value }));
}
