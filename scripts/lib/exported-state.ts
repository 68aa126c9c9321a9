/** What of a stack's state tells which of the host's objects it knows. */
export interface ExportedState {
  /** Ids of its resources: of containers and networks the engine's own, of volumes their names. */
  readonly ids: ReadonlySet<string>;
  /** Docker names of what was being created when the last run was cut off. */
  readonly pendingNames: ReadonlySet<string>;
  /** Operations that were cut off, of any kind. */
  readonly pendingCount: number;
}

interface Deployment {
  readonly resources?: readonly { readonly id?: string }[] | null;
  readonly pending_operations?: readonly { readonly type: string; readonly resource: Pending }[] | null;
}

interface Pending {
  readonly inputs?: { readonly name?: unknown };
}

/** Reads what `pulumi stack export` prints. */
export function parseExport(text: string): ExportedState {
  const { deployment } = JSON.parse(text) as { deployment: Deployment | null };
  return readDeployment(deployment);
}

/** Operations that were cut off, of a stack's file in a file backend. */
export function pendingIn(stackFile: string): number {
  const { checkpoint } = JSON.parse(stackFile) as { checkpoint?: { latest?: Deployment | null } };
  return readDeployment(checkpoint?.latest).pendingCount;
}

function readDeployment(deployment: Deployment | null | undefined): ExportedState {
  const pending = deployment?.pending_operations ?? [];
  const creating = pending.filter(({ type }) => type === "creating").map(({ resource }) => resource.inputs?.name);
  return {
    ids: new Set((deployment?.resources ?? []).flatMap(({ id }) => id ?? [])),
    pendingNames: new Set(creating.filter((name) => typeof name === "string")),
    pendingCount: pending.length,
  };
}
