// The property table of a resource type, and what follows from it: defaults, checks, the planned state.
import { isEmpty, isObject, isUnknown, mapValues, type Props, some, UNKNOWN, type Value } from "./values.ts";

/** What a new value does: R replaces, U updates the host, N is only recorded, X should update and does nothing. */
export type Change = "R" | "U" | "N" | "X";

export interface Property {
  readonly type: "string" | "int" | "bool" | "list" | "set" | "map";
  /** Absent for what is only an output. */
  readonly change?: Change;
  readonly required?: boolean;
  /** The engine fills it in when the program is silent, so taking it out of the program changes nothing. */
  readonly computed?: boolean;
  readonly default?: Value;
  /** The fields of the objects in a list or set. */
  readonly of?: Table;
  /** A list of at most one, which Pulumi shows as the element itself. */
  readonly one?: boolean;
  /** What a string must look like. */
  readonly pattern?: RegExp;
  /** Differences that do not count. */
  readonly same?: (old: Value, planned: Value) => boolean;
  /** Where it stands in what the Docker Engine is sent on create, and tells on inspect. */
  readonly at?: string;
  /** The engine's form of it and back. */
  readonly as?: Codec;
  /** How a refresh sees it: always by default, never, or only where the program has set it. */
  readonly read?: "never" | "if set" | "if found";
}

export interface Codec {
  readonly to: (value: Value) => unknown;
  readonly from: (value: never) => Value;
}

export type Table = { readonly [name: string]: Property };

const row =
  (type: Property["type"]) =>
  (change?: Change, more: Omit<Property, "type" | "change"> = {}): Property => ({
    type,
    ...(change && { change }),
    ...more,
  });

export const string = row("string");
export const int = row("int");
export const bool = row("bool");
export const list = row("list");
export const set = row("set");
export const map = row("map");

const isBlock = (property: Property) => property.of !== undefined;

/** The elements of a collection of objects, also where Pulumi shows a single one. */
function mapElements(property: Property, value: Value, change: (element: Props) => Value): Value {
  if (property.of && isObject(value)) return change(value);
  if (property.of && Array.isArray(value))
    return value.map((element) => (isObject(element) ? change(element) : element));
  return value;
}

/** Inputs with the defaults filled in and listed, as the bridge records them; zero values are left to Terraform. */
export function withDefaults(table: Table, given: Props, olds: Props): Props {
  const inputs: Props = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === null || name === "__defaults") continue;
    inputs[name] = table[name] ? mapElements(table[name], value, (e) => withDefaults(table[name]!.of!, e, {})) : value;
  }
  const before = olds.__defaults;
  const replayed = (name: string) => name in olds && (!Array.isArray(before) || before.includes(name));
  const missing = Object.keys(table).filter((name) => !(name in inputs) && table[name]!.default !== undefined);
  const defaults = missing.filter((name) => replayed(name) || !isEmpty(table[name]!.default));
  for (const name of defaults) inputs[name] = replayed(name) ? olds[name]! : table[name]!.default!;
  return { ...inputs, __defaults: defaults.sort() };
}

/** Every fault of the inputs; a property outside the table is one. */
export function faults(table: Table, given: Props, path = ""): string[] {
  const missing = Object.keys(table).filter((name) => table[name]!.required && (given[name] ?? null) === null);
  const values = Object.entries(given).filter(([name, value]) => name !== "__defaults" && value !== null);
  return [
    ...missing.map((name) => `"${path}${name}" is missing; give it a value`),
    ...values.flatMap(([name, value]) => fault(table[name], value, path + name)),
  ];
}

function fault(property: Property | undefined, value: Value, path: string): string[] {
  if (!property?.change) {
    return [`the offline stand-in does not implement "${path}"; remove it or install the official plugin`];
  }
  if (property.pattern && typeof value === "string" && !isUnknown(value) && !property.pattern.test(value)) {
    return [`"${path}" must match ${property.pattern.source}, got "${value}"; correct it`];
  }
  const elements = property.of ? (Array.isArray(value) ? value : [value]) : [];
  return elements.flatMap((element) => (isObject(element) ? faults(property.of!, element, `${path}.`) : []));
}

/** The state after an apply as far as it is known before: inputs, else defaults, else what was. */
export function plan(table: Table, inputs: Props, prior: Props | undefined): Props {
  return mapValues(table, (property, name) => {
    const planned = planOne(property, inputs[name] ?? null, prior?.[name] ?? null, prior === undefined);
    return prior && same(property, prior[name] ?? null, planned) ? (prior[name]! ?? null) : planned;
  });
}

function planOne(property: Property, given: Value, prior: Value, fresh: boolean): Value {
  // Terraform holds on to a collection that may stay as it is, rather than say that it is not known yet.
  const kept = isUnknown(given) && property.computed && !fresh && ["list", "set", "map"].includes(property.type);
  if (given !== null && !kept) return complete(property, given);
  if (!property.change || property.computed) return fresh ? UNKNOWN : prior;
  if (property.default !== undefined) return property.default;
  return isBlock(property) && !property.one ? [] : null;
}

/** A given value in the form that Terraform plans and stores it. */
function complete(property: Property, value: Value): Value {
  const element = (given: Props) =>
    mapValues(property.of!, (field, name) => completeField(property, field, given[name]));
  const completed = mapElements(property, value, element);
  // A set of plain values is unknown as a whole, since its order is.
  if (property.type === "set" && !property.of && some(value, isUnknown)) return UNKNOWN;
  return property.type === "set" && Array.isArray(completed) ? sorted(completed) : completed;
}

function completeField(parent: Property, field: Property, given: Value | undefined): Value {
  if (given !== undefined && given !== null) return complete(field, given);
  if (field.default !== undefined) return field.default;
  if (field.one || parent.type !== "set") return null;
  // Elements of a set go through Terraform's flat form, which keeps empty strings and collections.
  return { string: "", list: [], set: [], map: {}, int: null, bool: null }[field.type];
}

/** The order in which Terraform lists a set's elements. */
export function sorted(elements: Value[]): Value[] {
  return elements
    .map((e) => [hash(e), e] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, e]) => e);
}

/** What Terraform sorts a set by: the elements' fields in order, with what is missing last. */
function hash(value: Value): string {
  if (typeof value === "string") return value;
  if (!isObject(value))
    return value === null ? "~" : typeof value === "boolean" ? (value ? "T" : "F") : JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return keys.map((key) => (typeof value[key] === "string" ? JSON.stringify(value[key]) : hash(value[key]!))).join(";");
}

/** Two values in one form, so that equal ones print alike: order of sets gone, empty ones gone. */
export function canonical(property: Property, value: Value): Value {
  if (isEmpty(value)) return null;
  if (Array.isArray(value)) {
    const elements = value.map((e) => canonicalElement(property, e));
    return property.type === "set" ? elements.map((e) => JSON.stringify(e)).sort() : elements;
  }
  return isObject(value) && property.of ? canonicalElement(property, value) : value;
}

function canonicalElement(property: Property, element: Value): Value {
  if (!isObject(element) || !property.of) return element;
  const fields = Object.keys(property.of).sort();
  return fields.map((name) => canonical(property.of![name]!, element[name] ?? property.of![name]!.default ?? null));
}

export function same(property: Property, old: Value, planned: Value): boolean {
  if (property.same?.(old, planned)) return true;
  return JSON.stringify(canonical(property, old)) === JSON.stringify(canonical(property, planned));
}
