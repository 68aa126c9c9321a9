type Values = Readonly<Record<string, unknown>>;

/** What a step does to something. */
export type Operation = "create" | "update" | "replace" | "delete";

/** A step of `pulumi preview --json`, as far as it is read. */
export interface Step {
  readonly op: string;
  readonly urn: string;
  readonly oldState?: { readonly inputs?: Values; readonly outputs?: Values };
  readonly newState?: { readonly inputs?: Values };
  readonly detailedDiff?: Values | null;
  readonly diffReasons?: readonly string[] | null;
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  create: "create",
  update: "update",
  delete: "delete",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
};

/** What a step does; undefined where it changes nothing. */
export function operationOf({ op }: Pick<Step, "op">): Operation | undefined {
  return OPERATIONS[op];
}

/** A resource's own name, without those of its parents. */
export function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? urn;
}

/** A resource's own type, without those of its parents: `docker:index/container:Container`. */
export function typeOf(urn: string): string {
  return (urn.split("::")[2] ?? "").split("$").at(-1) ?? "";
}
