// The detailed diff between a state and a plan, path by path as the Terraform bridge names them.
import type { DetailedDiff, DiffKind } from "./server.ts";
import { canonical, type Property, same, type Table } from "./table.ts";
import { isObject, isUnknown, type Props, type Value } from "./values.ts";

/** One place that may differ: what it is, whether a change there replaces, and both values. */
interface Spot {
  readonly path: string;
  readonly property: Property;
  readonly replace: boolean;
  readonly old: Value;
  readonly planned: Value;
  /** What the program wrote there; a set's new elements are numbered by it. */
  readonly given: Value;
}

export function detailedDiff(table: Table, prior: Props, planned: Props, inputs: Props): DetailedDiff {
  const diff: DetailedDiff = {};
  for (const [name, property] of Object.entries(table)) {
    const [old, next] = [prior[name] ?? null, planned[name] ?? null];
    if (same(property, old, next)) continue;
    const replace = property.change === "R";
    Object.assign(diff, spotDiff({ path: name, property, replace, old, planned: next, given: inputs[name] ?? null }));
  }
  // Terraform decides as a whole; a nested field that would not replace follows its set's count.
  return diff;
}

/** The bridge takes an empty list for none. */
const present = (value: Value) => (Array.isArray(value) && value.length === 0 ? null : value);

function spotDiff(given: Spot): DetailedDiff {
  const spot = { ...given, old: present(given.old), planned: present(given.planned) };
  const { old, planned, property } = spot;
  if (property.type === "map" && isObject(old) && planned === null) return mapDiff(spot, old, {});
  if (old === null || planned === null || isUnknown(planned)) return leaf(spot);
  if (Array.isArray(old) && Array.isArray(planned)) {
    if (property.type === "set") return setDiff(spot, old, planned);
    return property.of ? listDiff(spot, old, planned) : scalarListDiff(spot, old, planned);
  }
  if (isObject(old) && isObject(planned))
    return property.of ? objectDiff(spot, old, planned) : mapDiff(spot, old, planned);
  return leaf(spot);
}

function leaf({ path, old, planned, replace }: Spot): DetailedDiff {
  if (JSON.stringify(old) === JSON.stringify(planned)) return {};
  const kind: DiffKind = old === null ? "add" : planned === null ? "delete" : "update";
  return { [path]: { kind, replace } };
}

const merge = (diffs: DetailedDiff[]): DetailedDiff => Object.assign({}, ...diffs) as DetailedDiff;

function mapDiff(spot: Spot, old: Props, planned: Props): DetailedDiff {
  const keys = Object.keys({ ...old, ...planned }).sort();
  const path = (key: string) => (/[."[\]/-]/.test(key) ? `${spot.path}["${key}"]` : `${spot.path}.${key}`);
  return merge(keys.map((k) => leaf({ ...spot, path: path(k), old: old[k] ?? null, planned: planned[k] ?? null })));
}

function objectDiff(spot: Spot, old: Props, planned: Props): DetailedDiff {
  const fields = Object.entries(spot.property.of!);
  return merge(
    fields.map(([name, property]) => {
      const given = isObject(spot.given) ? (spot.given[name] ?? null) : null;
      const replace = property.change === "R";
      const at = { path: `${spot.path}.${name}`, property, replace, given };
      const [a, b] = [old[name] ?? null, planned[name] ?? null];
      return same(property, a, b) ? {} : spotDiff({ ...at, old: a, planned: b });
    }),
  );
}

const element = (spot: Spot, index: number, old: Value | undefined, planned: Value | undefined): DetailedDiff =>
  spotDiff({ ...spot, path: `${spot.path}[${index}]`, old: old ?? null, planned: planned ?? null });

function listDiff(spot: Spot, old: Value[], planned: Value[]): DetailedDiff {
  const indices = Array.from({ length: Math.max(old.length, planned.length) }, (_, index) => index);
  return merge(indices.map((i) => element(spot, i, old[i], planned[i])));
}

/** Longest common subsequence: what is left over was removed (by its old place) or inserted (by its new one). */
function scalarListDiff(spot: Spot, old: Value[], planned: Value[]): DetailedDiff {
  const length = (i: number, j: number): number =>
    i === old.length || j === planned.length
      ? old.length - i + planned.length - j
      : old[i] === planned[j]
        ? length(i + 1, j + 1)
        : 1 + Math.min(length(i + 1, j), length(i, j + 1));
  const diff: DetailedDiff = {};
  const note = (index: number, kind: DiffKind) => {
    const path = `${spot.path}[${index}]`;
    diff[path] = { kind: diff[path] ? "update" : kind, replace: spot.replace };
  };
  for (let i = 0, j = 0; i < old.length || j < planned.length;) {
    if (i < old.length && j < planned.length && old[i] === planned[j]) [i, j] = [i + 1, j + 1];
    else if (j === planned.length || (i < old.length && length(i + 1, j) <= length(i, j + 1))) note(i++, "delete");
    else note(j++, "add");
  }
  return diff;
}

/** Removed elements are numbered by the state, added ones by the program; the same number on both sides is an edit. */
function setDiff(spot: Spot, old: Value[], planned: Value[]): DetailedDiff {
  const key = (value: Value) => JSON.stringify(canonical(spot.property, [value]));
  const [oldKeys, plannedKeys] = [old.map(key), planned.map(key)];
  const written = Array.isArray(spot.given) ? spot.given.map(spelling) : [];
  const added = planned.filter((_, i) => !oldKeys.includes(plannedKeys[i]!));
  // The bridge finds an element in the program only where the plan has not filled anything in.
  if (added.some((e) => !written.includes(spelling(e))))
    return { [spot.path]: { kind: "update", replace: spot.replace } };
  const removed = new Map(old.flatMap((e, i) => (plannedKeys.includes(oldKeys[i]!) ? [] : [[i, e] as const])));
  const inserted = new Map(added.map((e) => [written.indexOf(spelling(e)), e] as const));
  return merge(
    [...new Set([...removed.keys(), ...inserted.keys()])].map((i) => element(spot, i, removed.get(i), inserted.get(i))),
  );
}

/** A value without what is null or an empty collection. */
function spelling(value: Value): string {
  const kept = (_: string, v: Value) =>
    isObject(v)
      ? Object.fromEntries(
          Object.entries(v)
            .filter(([k, e]) => k !== "__defaults" && present(e) !== null)
            .sort(),
        )
      : v;
  return JSON.stringify(value, kept);
}
