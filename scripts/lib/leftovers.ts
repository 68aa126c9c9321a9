import type { ExportedState } from "./exported-state.ts";

/** Something on the Docker host that carries a stack's labels. */
export interface HostObject {
  readonly kind: "container" | "network" | "volume";
  /** The engine's own; of a volume its name. */
  readonly id: string;
  readonly name: string;
  /** By the engine's clock. */
  readonly createdAt: Date;
}

/** What is known of a run that was cut off. */
export interface CutOff {
  readonly state: ExportedState;
  /** Names of what was being created, as the state had them before the host was read again. */
  readonly pendingNames: ReadonlySet<string>;
  /** When the run began, by the engine's clock; undefined where only the state tells of it. */
  readonly since: Date | undefined;
}

/**
 * What a run that was cut off has made and not recorded. Pulumi knows nothing of it, so a fixed name of its would be
 * taken for ever and the rest would stay for ever; one-shot jobs and the carriers of files into volumes, which never are
 * in a state, would go on or stay too. What is older than the run is not touched, whoever made it: a stack
 * whose state was lost must not be taken for leftovers.
 */
export function leftovers(objects: readonly HostObject[], run: CutOff): HostObject[] {
  return objects.filter((object) => !run.state.ids.has(object.id) && isOf(run, object));
}

function isOf({ since, pendingNames }: CutOff, object: HostObject): boolean {
  if (object.kind === "volume" && !isAutonamed(object.name)) return false;
  return pendingNames.has(object.name) || (since !== undefined && object.createdAt >= since);
}

/** Volumes of a fixed name hold data. Nobody has to remove them: creating one that is there takes it as it is. */
function isAutonamed(name: string): boolean {
  return /-[0-9a-f]{7}$/.test(name);
}
