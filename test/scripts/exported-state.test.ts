import assert from "node:assert/strict";
import { parseExport, pendingIn } from "../../scripts/lib/exported-state.ts";

const deployment = {
  resources: [{ urn: "urn:a", id: "c1" }, { urn: "urn:component" }],
  pending_operations: [
    { type: "creating", resource: { urn: "urn:b", inputs: { name: "shop-dev-redis" } } },
    { type: "creating", resource: { urn: "urn:c", inputs: {} } },
    { type: "updating", resource: { urn: "urn:d", inputs: { name: "shop-dev-edge" } } },
  ],
};

describe("parseExport", () => {
  it("reads what is known, and by name what was being created", () => {
    const state = parseExport(JSON.stringify({ version: 3, deployment }));
    assert.deepEqual(state, { ids: new Set(["c1"]), pendingNames: new Set(["shop-dev-redis"]), pendingCount: 3 });
  });

  for (const nothing of [{}, { resources: null, pending_operations: null }, null])
    it(`finds nothing in a stack that holds ${JSON.stringify(nothing)}`, () =>
      assert.deepEqual(parseExport(JSON.stringify({ deployment: nothing })), {
        ids: new Set(),
        pendingNames: new Set(),
        pendingCount: 0,
      }));
});

describe("pendingIn", () => {
  it("counts what a stack's file says was cut off", () =>
    assert.equal(pendingIn(JSON.stringify({ checkpoint: { latest: deployment } })), 3));

  it("counts nothing in a stack that is new", () =>
    assert.equal(pendingIn(JSON.stringify({ checkpoint: { latest: null } })), 0));
});
