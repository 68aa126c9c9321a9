// Does not prove what each key accepts; values.test.ts and settings-faults.test.ts do.
import assert from "node:assert/strict";
import { knownKeys, schema } from "../../../components/lib/schema.ts";

describe("knownKeys", () => {
  const groups = ["postgres", "redis", "app", "migrations", "backend", "frontend", "worker", "beat", "bot", "edge"];

  it("of the top are the plain settings and the services", () =>
    assert.deepStrictEqual(knownKeys([]), ["host", "audit", "images", "pinned", "platform", "secrets", ...groups]));

  it("of a service are its settings", () => assert.deepStrictEqual(knownKeys(["beat"]), ["memory", "cpus", "app"]));

  it("of a service do not depend on what is deeper", () =>
    assert.deepStrictEqual(knownKeys(["beat", "app", 0]), knownKeys(["beat"])));

  for (const key of ["host", "platform", "secrets", "nothing", "toString"])
    it(`of ${key}, which is no group, are none`, () => assert.deepStrictEqual(knownKeys([key]), []));

  it("are those of every group of the schema", () => {
    for (const group of groups) assert.ok(knownKeys([group]).length > 0, group);
    assert.deepStrictEqual(Object.keys(schema.shape).slice(6), groups);
  });
});
