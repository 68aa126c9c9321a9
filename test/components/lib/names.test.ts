// Does not prove that names are unique among the stacks of different machines or accounts.
import assert from "node:assert/strict";
import fc from "fast-check";
import { fixedName, LABEL, labelList, stackLabels } from "../../../components/lib/names.ts";

const ID = { project: "onehost", stack: "dev" };

describe("names", () => {
  it("puts project and stack before the part of a fixed name", () =>
    assert.equal(fixedName(ID, "postgres"), "onehost-dev-postgres"));

  it("labels a resource with its project and stack", () =>
    assert.deepStrictEqual(stackLabels(ID), { "onehost.project": "onehost", "onehost.stack": "dev" }));

  it("keeps every label under its documented key", () =>
    assert.deepStrictEqual(LABEL, {
      project: "onehost.project",
      stack: "onehost.stack",
      service: "onehost.service",
      rollout: "onehost.rollout",
      image: "onehost.image",
      secrets: "onehost.secrets",
    }));
});

describe("labelList", () => {
  it("sorts labels by key", () =>
    assert.deepStrictEqual(labelList({ b: "1", a: "2" }), [
      { label: "a", value: "2" },
      { label: "b", value: "1" },
    ]));

  it("is empty for no labels", () => assert.deepStrictEqual(labelList({}), []));

  it("does not depend on the order in which labels are given", () => {
    const labels = fc.dictionary(fc.stringMatching(/^[a-z.]{1,6}$/), fc.string());
    fc.assert(
      fc.property(labels, (given) => {
        const reversed = Object.fromEntries(Object.entries(given).reverse());
        assert.deepStrictEqual(labelList(reversed), labelList(given));
      }),
    );
  });
});
