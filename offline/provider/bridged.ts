// A resource described by a table, behaving as one that the Terraform bridge serves.
import { randomBytes } from "node:crypto";
import { detailedDiff } from "./diff.ts";
import { type Checked, type Context, type Difference, InitError, type Resource, type State } from "./server.ts";
import { faults, plan, type Property, sorted, type Table, withDefaults } from "./table.ts";
import { isEmpty, isObject, isUnknown, mapValues, type Props, topLevel, UNKNOWN, type Value } from "./values.ts";

export interface Found {
  readonly id: string;
  readonly outputs: Props;
}

/** What only the resource type itself knows: how to talk to its host. Properties are planned or recorded ones. */
export interface Driver {
  readonly table: Table;
  /** Terraform's private data, which Pulumi stores beside the outputs. */
  readonly meta: string;
  readonly autonamed?: boolean;
  readonly deleteBeforeReplace?: boolean;
  create(planned: Props): Promise<Found>;
  read(id: string, outputs: Props): Promise<Found | undefined>;
  update?(id: string, prior: Props, planned: Props): Promise<Props>;
  delete(id: string, outputs: Props): Promise<void>;
}

/** Thrown by a driver once the resource exists on the host: it must be recorded although it is not right. */
export class Unfinished extends Error {
  constructor(
    message: string,
    public readonly id: string,
  ) {
    super(message);
  }
}

/** An error as Terraform's list of errors prints it. */
const listed = (error: unknown) => `1 error occurred:\n\t* ${(error as Error).message}\n\n`;

/** Puts what was tried in front of what went wrong, unless nothing could be tried because the host does not answer. */
export const explain = (what: string) => (error: unknown) => {
  if ((error as Error).message.startsWith("failed to create Docker client")) throw error;
  throw new Error(`${what}: ${(error as Error).message}`, { cause: error });
};

const defaultsOf = (inputs: Props) => (inputs.__defaults ?? []) as string[];

export class Bridged implements Resource {
  constructor(
    private readonly type: string,
    private readonly driver: Driver,
  ) {}

  check(olds: Props, news: Props, context: Context, proposed?: string): Checked {
    const { table, autonamed } = this.driver;
    const failures = faults(table, news).map((fault) => ({ reason: `${this.type}: ${fault}` }));
    const inputs = withDefaults(table, news, olds);
    if (!autonamed || "name" in inputs || proposed === "") return { inputs, failures };
    const fresh = proposed ?? `${context.name}-${randomBytes(4).toString("hex").slice(0, 7)}`;
    return {
      inputs: { ...inputs, name: olds.name ?? fresh, __defaults: [...defaultsOf(inputs), "name"].sort() },
      failures,
    };
  }

  diff({ outputs }: State, news: Props, ignoreChanges: string[]): Difference {
    const { table, autonamed, deleteBeforeReplace } = this.driver;
    const ignored = ignoreChanges.map(topLevel).filter((name) => name in outputs);
    const inputs = { ...news, ...Object.fromEntries(ignored.map((name) => [name, outputs[name]!])) };
    const prior = this.known(outputs);
    const named = "name" in news && !defaultsOf(news).includes("name");
    const diff = detailedDiff(table, prior, plan(table, inputs, prior), inputs);
    return { diff, deleteBeforeReplace: deleteBeforeReplace ?? (autonamed === true && named) };
  }

  async create(inputs: Props, context: Context): Promise<Found> {
    const planned = plan(this.driver.table, inputs, undefined);
    if (context.preview) return { id: "", outputs: this.record(UNKNOWN, planned) };
    try {
      const { id, outputs } = await this.driver.create(planned);
      return { id, outputs: this.record(id, this.created(planned, outputs)) };
    } catch (error) {
      if (!(error instanceof Unfinished)) throw new Error(listed(error), { cause: error });
      throw new InitError(
        `creating ${context.urn}: ${listed(error)}`,
        error.id,
        this.record(error.id, this.settled(planned)),
      );
    }
  }

  async read({ id, inputs, outputs }: State, context: Context): Promise<State | undefined> {
    const { table } = this.driver;
    const before = this.known(outputs);
    const found = await this.driver.read(id, before).catch(this.failed("refreshing", context));
    if (!found) return undefined;
    const now = { ...before, ...found.outputs };
    return { id: found.id, outputs: this.record(found.id, now), inputs: followObject(inputs, now, table).value };
  }

  async update({ id, outputs }: State, news: Props, context: Context): Promise<Props> {
    const prior = this.known(outputs);
    const planned = plan(this.driver.table, news, prior);
    if (context.preview || !this.driver.update) return this.record(id, planned);
    const fail = (error: unknown): never => {
      throw new InitError(`updating ${context.urn}: ${listed(error)}`, id, this.record(id, planned));
    };
    return this.record(id, { ...planned, ...(await this.driver.update(id, prior, planned).catch(fail)) });
  }

  async delete({ id, outputs }: State, context: Context): Promise<void> {
    await this.driver.delete(id, this.known(outputs)).catch(this.failed("deleting", context));
  }

  private failed =
    (what: string, { urn }: Context) =>
    (error: unknown): never => {
      throw new Error(`${what} ${urn}: ${listed(error)}`, { cause: error });
    };

  private known = (outputs: Props): Props => mapValues(this.driver.table, (_, name) => outputs[name] ?? null);

  private settled = (planned: Props): Props => mapValues(planned, (value) => (isUnknown(value) ? null : value));

  /** Terraform records a set as it was planned, and no collection where none was, whatever the host makes of it. */
  private created(planned: Props, outputs: Props): Props {
    const { table } = this.driver;
    const held = (value: Value, name: string) => {
      const plan = planned[name] ?? null;
      if (plan === null) return typeof value === "object" && isEmpty(value) ? null : value;
      return table[name]?.type === "set" && !isUnknown(plan) ? plan : value;
    };
    return { ...this.settled(planned), ...mapValues(outputs, held) };
  }

  private record(id: string, outputs: Props): Props {
    const { table, meta } = this.driver;
    const inOrder = (value: Value, name: string) =>
      table[name]?.type === "set" && Array.isArray(value) ? sorted(value) : value;
    return { ...mapValues(outputs, inOrder), id, __meta: meta };
  }
}

interface Followed<V> {
  readonly value: V;
  /** Nothing has changed, so a default is one still. */
  readonly untouched: boolean;
}

/** After a refresh the inputs follow the outputs, but only those that the program had set or that were defaults. */
function followObject(inputs: Props, outputs: Props, table: Table): Followed<Props> {
  const names = Object.keys(inputs).filter((name) => name !== "__defaults");
  const followed = names.flatMap((name): [string, Followed<Value>][] =>
    name in outputs ? [[name, follow(inputs[name]!, outputs[name]!, table[name])]] : [],
  );
  const untouched = followed.filter(([, f]) => f.untouched).map(([name]) => name);
  const value = Object.fromEntries(followed.map(([name, f]) => [name, f.value]));
  const defaults = defaultsOf(inputs).filter((name) => untouched.includes(name));
  return {
    value: "__defaults" in inputs ? { ...value, __defaults: defaults } : value,
    untouched: untouched.length === names.length,
  };
}

function follow(input: Value, output: Value, property: Property | undefined): Followed<Value> {
  if (isObject(input) && isObject(output)) return followObject(input, output, property?.of ?? {});
  if (!Array.isArray(input) || !Array.isArray(output)) {
    return { value: output, untouched: JSON.stringify(input) === JSON.stringify(output) };
  }
  const places =
    property?.type === "set" && property.of ? pair(input as Props[], output as Props[]) : input.map((_, i) => i);
  const followed = input.flatMap((element, i) => {
    const now = output[places[i]!];
    return now === undefined ? [] : [follow(element, now, property && { ...property, type: "map" })];
  });
  const untouched = followed.length === input.length && followed.every((f) => f.untouched);
  return { value: followed.map((f) => f.value), untouched };
}

/** Where each old element stands among the new ones of a set: the most alike are paired first. */
function pair(olds: Props[], news: Props[]): number[] {
  const likeness = (a: Props, b: Props) =>
    Object.keys(a).reduce(
      (sum, k) => sum + (k in b ? 1 : 0) + (JSON.stringify(a[k]) === JSON.stringify(b[k]) ? 2 : 0),
      0,
    );
  const pairs = olds.flatMap((a, i) => news.map((b, j) => ({ i, j, likeness: likeness(a, b) })));
  const places = olds.map(() => -1);
  for (const { i, j } of pairs.sort((a, b) => b.likeness - a.likeness)) {
    if (places[i] === -1 && !places.includes(j)) places[i] = j;
  }
  return places;
}
