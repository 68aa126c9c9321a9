// A resource described by a table, behaving as one that the Terraform bridge serves.
import { randomBytes } from "node:crypto";
import { detailedDiff } from "./diff.ts";
import { type Context, InitError, type Resource, type State } from "./server.ts";
import { faults, plan, type Property, sorted, type Table, withDefaults } from "./table.ts";
import { isEmpty, isObject, isUnknown, mapValues, type Props, UNKNOWN, type Value } from "./values.ts";

/** What only the resource type itself knows: how to talk to its host. Properties are planned or recorded ones. */
export interface Driver {
  readonly table: Table;
  /** Terraform's private data, which Pulumi stores beside the outputs. */
  readonly meta?: string;
  readonly autonamed?: boolean;
  readonly deleteBeforeReplace?: boolean;
  create(planned: Props, context: Context): Promise<{ id: string; outputs: Props }>;
  read(id: string, outputs: Props, context: Context): Promise<{ id: string; outputs: Props } | undefined>;
  update?(id: string, prior: Props, planned: Props, context: Context): Promise<Props>;
  delete(id: string, outputs: Props, context: Context): Promise<void>;
}

/** Thrown by a driver once the resource exists on the host: it must be recorded although it is not right. */
export class Unfinished extends Error {
  public readonly id: string;

  constructor(message: string, id: string) {
    super(message);
    this.id = id;
  }
}

/** An error as Terraform's list of errors prints it. */
const listed = (error: unknown) => `1 error occurred:\n\t* ${(error as Error).message}\n\n`;

export function bridged(type: string, driver: Driver): Resource {
  const { table } = driver;
  const record = (id: string, outputs: Props): Props => ({
    ...outputs,
    id,
    ...(driver.meta && { __meta: driver.meta }),
  });
  const known = (outputs: Props) => Object.fromEntries(Object.keys(table).map((name) => [name, outputs[name] ?? null]));

  return {
    check(olds, news, context, autoname) {
      const failures = faults(table, news, type, context.name).map((reason) => ({ reason }));
      const inputs = withDefaults(table, news, olds);
      if (!driver.autonamed || "name" in inputs || autoname?.disabled) return { inputs, failures };
      const defaults = inputs.__defaults as string[];
      const name = olds.name ?? (autoname?.proposed || `${context.name}-${randomBytes(4).toString("hex").slice(0, 7)}`);
      return { inputs: { ...inputs, name, __defaults: [...defaults, "name"].sort() }, failures };
    },

    diff(state, news, ignoreChanges) {
      const inputs = withIgnored(news, state.outputs, ignoreChanges);
      const prior = known(state.outputs);
      const named = "name" in news && !(news.__defaults as string[] | undefined)?.includes("name");
      return {
        diff: detailedDiff(table, prior, plan(table, inputs, prior), inputs),
        deleteBeforeReplace: driver.deleteBeforeReplace ?? (driver.autonamed === true && named),
      };
    },

    async create(inputs, context) {
      const planned = plan(table, inputs, undefined);
      if (context.preview) return { id: "", outputs: record(UNKNOWN, planned) };
      try {
        const { id, outputs } = await driver.create(planned, context);
        return { id, outputs: record(id, settle(table, planned, outputs)) };
      } catch (error) {
        if (!(error instanceof Unfinished)) throw new Error(listed(error), { cause: error });
        const outputs = Object.fromEntries(Object.entries(planned).filter(([, value]) => !isUnknown(value)));
        throw new InitError(`creating ${context.urn}: ${listed(error)}`, error.id, record(error.id, outputs));
      }
    },

    async read(state, context) {
      const found = await attempt("refreshing", context, () => driver.read(state.id, known(state.outputs), context));
      if (!found) return undefined;
      const outputs = mapValues({ ...known(state.outputs), ...found.outputs }, (value, name) =>
        table[name]?.type === "set" && Array.isArray(value) ? sorted(value) : value,
      );
      return {
        id: found.id,
        outputs: record(found.id, outputs),
        inputs: refreshed(state.inputs, outputs, table).inputs,
      };
    },

    async update(state, news, context) {
      const prior = known(state.outputs);
      const planned = plan(table, news, prior);
      if (context.preview || !driver.update) return record(state.id, planned);
      const update = () => driver.update!(state.id, prior, planned, context);
      try {
        return record(state.id, { ...planned, ...(await update()) });
      } catch (error) {
        throw new InitError(`updating ${context.urn}: ${listed(error)}`, state.id, record(state.id, planned));
      }
    },

    delete: (state, context) =>
      attempt("deleting", context, () => driver.delete(state.id, known(state.outputs), context)),
  };
}

async function attempt<T>(what: string, context: Context, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw new Error(`${what} ${context.urn}: ${listed(error)}`, { cause: error });
  }
}

/** The program's inputs with the recorded values where it asked to ignore changes. */
function withIgnored(news: Props, outputs: Props, ignoreChanges: string[]): Props {
  const inputs = { ...news };
  for (const path of ignoreChanges) {
    const name = path.replace(/[.[].*/, "");
    if (name in outputs) inputs[name] = outputs[name]!;
  }
  return inputs;
}

/** What a finished create records: the host's word, except where Terraform holds on to the plan. */
function settle(table: Table, planned: Props, actual: Props): Props {
  return Object.fromEntries(
    Object.entries(table).map(([name, property]) => [name, settled(property, planned[name]!, actual[name])]),
  );
}

function settled(property: Property, planned: Value, actual: Value | undefined): Value {
  if (actual === undefined) return isUnknown(planned) ? null : planned;
  if (isUnknown(planned)) return actual;
  const collection = ["list", "set", "map"].includes(property.type);
  if (collection && isEmpty(planned) && isEmpty(actual)) return planned;
  return property.type === "set" && planned !== null ? planned : actual;
}

/** After a refresh the inputs follow the outputs, but only those that the program had set or that were defaults. */
function refreshed(inputs: Props, outputs: Props, table: Table): { inputs: Props; untouched: boolean } {
  const next: Props = {};
  const defaults = new Set(inputs.__defaults as string[] | undefined);
  let untouched = true;
  for (const [name, value] of Object.entries(inputs)) {
    if (name === "__defaults") continue;
    const followed = name in outputs ? follow(value, outputs[name]!, table[name]) : undefined;
    if (followed) next[name] = followed.value;
    if (followed?.untouched) continue;
    untouched = false;
    defaults.delete(name);
  }
  return { inputs: "__defaults" in inputs ? { ...next, __defaults: [...defaults].sort() } : next, untouched };
}

function follow(input: Value, output: Value, property: Property | undefined): { value: Value; untouched: boolean } {
  if (Array.isArray(input) && Array.isArray(output)) {
    const order = property?.type === "set" ? match(input, output) : input.map((_, i) => i);
    const elements = input.flatMap((e, i) =>
      output[order[i]!] === undefined ? [] : [follow(e, output[order[i]!]!, element(property))],
    );
    return {
      value: elements.map((e) => e.value),
      untouched: elements.length === input.length && elements.every((e) => e.untouched),
    };
  }
  if (isObject(input) && isObject(output)) {
    const { inputs, untouched } = refreshed(input, output, property?.of ?? {});
    return { value: inputs, untouched };
  }
  return { value: output, untouched: JSON.stringify(input) === JSON.stringify(output) };
}

const element = (property: Property | undefined): Property | undefined => property && { ...property, type: "map" };

/** Pairs objects of two sets by likeness, the most alike first; other elements keep their places. */
function match(olds: Value[], news: Value[]): number[] {
  if (![...olds, ...news].every(isObject)) return olds.map((_, i) => i);
  const score = (a: Props, b: Props) =>
    Object.keys(a).reduce(
      (sum, k) => sum + (k in b ? 1 : 0) + (JSON.stringify(a[k]) === JSON.stringify(b[k]) ? 2 : 0),
      0,
    );
  const pairs = olds.flatMap((a, i) => news.map((b, j) => ({ i, j, score: score(a as Props, b as Props) })));
  const found = olds.map(() => -1);
  for (const { i, j } of pairs.sort((a, b) => b.score - a.score))
    if (found[i] === -1 && !found.includes(j)) found[i] = j;
  return found;
}
