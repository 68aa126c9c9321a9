// Does not prove what the settings' own schema refuses; settings.test.ts does.
import assert from "node:assert/strict";
import { z } from "zod";
import type { Fault } from "../../../components/lib/fault.ts";
import { collectFaults } from "../../../components/lib/faults-of-schema.ts";

const even = z.unknown().transform((value, context) => {
  if (value !== 2) context.addIssue({ code: "custom", message: "must be two", params: { remedy: "write 2" } });
  return value;
});
const schema = z.strictObject({
  one: even,
  group: z.strictObject({ memory: even, cpus: even }),
  secrets: even.optional(),
});
const known = ([group]: readonly PropertyKey[]): string[] =>
  group === undefined ? ["one", "group"] : ["memory", "cpus"];

function faults(raw: unknown): Fault[] {
  const result = schema.safeParse(raw);
  return result.success ? [] : collectFaults(result.error, raw, known);
}

describe("collectFaults", () => {
  it("finds none where there is none", () =>
    assert.deepStrictEqual(faults({ one: 2, group: { memory: 2, cpus: 2 } }), []));

  it("gathers all, each with its dotted key and the value found", () =>
    assert.deepStrictEqual(faults({ one: 1, group: { memory: 3, cpus: 2 } }), [
      { key: "one", must: "must be two", got: 1, remedy: "write 2" },
      { key: "group.memory", must: "must be two", got: 3, remedy: "write 2" },
    ]));

  it("asks for a group where there is another value", () =>
    assert.deepStrictEqual(faults({ one: 2, group: "x" }), [
      { key: "group", must: "must be a group of settings", got: "x", remedy: "write its keys indented below it" },
    ]));

  it("asks for a group that is missing", () =>
    assert.deepStrictEqual(faults({ one: 2 }), [
      { key: "group", must: "must be a group of settings", got: undefined, remedy: "write its keys indented below it" },
    ]));

  it("names the nearest key for a slip of the pen", () =>
    assert.deepStrictEqual(faults({ one: 2, group: { memory: 2, cpus: 2, memroy: 2 } }), [
      { key: "group.memroy", must: "is no setting", remedy: 'did you mean "memory"?' },
    ]));

  it("takes three letters for a slip, and four for another word", () => {
    const remedies = ["memxxx", "mexxxx"].map(
      (key) => faults({ one: 2, group: { memory: 2, cpus: 2, [key]: 2 } })[0]?.remedy,
    );
    assert.deepStrictEqual(remedies, ['did you mean "memory"?', "known here: memory, cpus"]);
  });

  it("lists the known keys of the group for any other", () =>
    assert.deepStrictEqual(faults({ one: 2, group: { memory: 2, cpus: 2 }, completely: 2 }), [
      { key: "completely", must: "is no setting", remedy: "known here: one, group" },
    ]));

  it("has one fault for each of several unknown keys", () =>
    assert.deepStrictEqual(
      faults({ one: 2, group: { memory: 2, cpus: 2 }, onee: 2, two: 2 }).map(({ key }) => key),
      ["onee", "two"],
    ));

  it("never shows a value of the secrets", () =>
    assert.deepStrictEqual(faults({ one: 2, group: { memory: 2, cpus: 2 }, secrets: "s3cret" }), [
      { key: "secrets", must: "must be two", got: undefined, remedy: "write 2" },
    ]));
});
