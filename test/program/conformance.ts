// Every property that a stack sets is in test/conformance: created, seen as unchanged, and edited. It does not prove
// that the cases try every value.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { isSecret, type Registered } from "../support/mocks.ts";
import { registered, STACKS } from "../support/stacks.ts";
import type { CaseFile } from "../conformance/replay.ts";

/** The stack never edits them: another builder, or a push, is what a stand-in refuses. */
const NEVER_EDITED = ["docker:index/image:Image build.builderVersion", "docker:index/image:Image skipPush"];

type Props = Record<string, unknown>;

const FOLDER = `${import.meta.dirname}/../conformance/cases`;

/** Maps whose keys are the user's own words, not properties. */
const MAPS = ["tmpfs", "logOpts", "options", "driverOpts", "keepers", "environment", "args", "labels"];

/** Paths of the properties that a value has: `ports.internal`; a list has those of all its elements. */
function paths(value: unknown, prefix = ""): string[] {
  if (isSecret(value)) return paths(value.value, prefix);
  if (Array.isArray(value)) return value.flatMap((element) => (isPlain(element) ? paths(element, prefix) : []));
  if (!isPlain(value)) return [];
  return Object.entries(value as Props)
    .filter(([, inner]) => inner !== undefined && inner !== null)
    .flatMap(([key, inner]) => [`${prefix}${key}`, ...(MAPS.includes(key) ? [] : paths(inner, `${prefix}${key}.`))]);
}

const isPlain = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value);

/** What cases show of a type's properties. */
interface Covered {
  readonly created: Set<string>;
  readonly unchanged: Set<string>;
  readonly edited: Set<string>;
}

const cover = (): Covered => ({ created: new Set(), unchanged: new Set(), edited: new Set() });

const add = (set: Set<string>, all: readonly string[]): void => all.forEach((path) => set.add(path));

/** Steps of a case, with the inputs that they lead to. */
function look(covered: Covered, { steps, results }: CaseFile["cases"][string]): void {
  let program: Props = {};
  let exists = false;
  steps.forEach((step, index) => {
    const edit = "up" in step ? step.up : "preview" in step ? step.preview : undefined;
    const result = results[index] as Props;
    if (edit === undefined || "refused" in result || "error" in result) return;
    const next = { ...program, ...edit };
    if (exists && result["changes"] === "none") add(covered.unchanged, paths(next));
    if (exists) add(covered.edited, edited(program, edit));
    if (!("up" in step)) return;
    if (!exists) add(covered.created, paths(next));
    program = next;
    exists = true;
  });
}

/** Properties whose values an edit gives or takes, as long as it changes them. That nothing follows is an answer too. */
function edited(program: Props, edit: Props): string[] {
  const changed = Object.keys(edit).filter((key) => JSON.stringify(edit[key]) !== JSON.stringify(program[key]));
  return changed.flatMap((key) => [key, ...inner(program[key], edit[key], key)]);
}

function inner(before: unknown, after: unknown, key: string): string[] {
  if (MAPS.includes(key)) return [];
  const all = [...new Set([...paths(before), ...paths(after)])];
  return all.filter((path) => valuesAt(before, path) !== valuesAt(after, path)).map((path) => `${key}.${path}`);
}

/** The values at a path, of all elements of the lists on the way. */
function valuesAt(value: unknown, path: string): string {
  const step = (found: unknown[], key: string): unknown[] =>
    found.flat().map((one) => (one as Props | undefined)?.[key]);
  return JSON.stringify(path.split(".").reduce(step, [value]));
}

/** By resource type. */
function covered(): Record<string, Covered> {
  const files = readdirSync(FOLDER).map((name) => JSON.parse(readFileSync(`${FOLDER}/${name}`, "utf8")) as CaseFile);
  return Object.fromEntries(
    files.map(({ type, cases }) => {
      const all = cover();
      for (const one of Object.values(cases)) look(all, one);
      return [type, all];
    }),
  );
}

/** Properties that the stacks set, by resource type. */
async function used(): Promise<Record<string, Set<string>>> {
  const all: Registered[] = [];
  for (const stack of STACKS) all.push(...(await registered(stack)).all);
  const types: Record<string, Set<string>> = {};
  for (const { type, inputs } of all.filter(({ type }) => /^(docker|random|command):/.test(type)))
    add((types[type] ??= new Set()), paths(inputs));
  return types;
}

describe("conformance covers", () => {
  const shown = covered();

  it("every type of resource that a stack has", async () =>
    assert.deepStrictEqual(
      Object.keys(await used()).filter((type) => !(type in shown)),
      [],
    ));

  for (const what of ["created", "unchanged", "edited"] as const)
    it(`every property that a stack sets, ${what}`, async () => {
      const missing = Object.entries(await used()).flatMap(([type, properties]) =>
        [...properties].filter((path) => !shown[type]?.[what].has(path)).map((path) => `${type} ${path}`),
      );
      const expected = what === "edited" ? NEVER_EDITED : [];
      assert.deepStrictEqual(missing.sort(), expected);
    });
});
