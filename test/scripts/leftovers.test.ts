// Does not prove what the engine calls a stack's: test/e2e/interrupt.e2e.ts does.
import assert from "node:assert/strict";
import { type CutOff, type HostObject, leftovers } from "../../scripts/lib/leftovers.ts";

const since = new Date("2026-11-21T12:00:00Z");
const before = new Date("2026-11-21T11:59:59Z");
const run: CutOff = {
  state: { ids: new Set(["known"]), pendingNames: new Set(), pendingCount: 0 },
  pendingNames: new Set(),
  since,
};

function object(given: Partial<HostObject> = {}): HostObject {
  return { kind: "container", id: "c1", name: "shop-dev-redis", createdAt: since, ...given };
}

const isLeft = (given: Partial<HostObject>, of: Partial<CutOff> = {}): boolean =>
  leftovers([object(given)], { ...run, ...of }).length === 1;

describe("leftovers", () => {
  it("are what the run made and the state does not know", () => {
    assert.equal(isLeft({}), true);
    assert.equal(isLeft({ kind: "network" }), true);
    assert.equal(isLeft({ id: "known" }), false);
  });

  it("are not what was there before the run: a state that was lost knows nothing either", () =>
    assert.equal(isLeft({ createdAt: before }), false));

  it("are known by name too, where the state says that they were being created", () => {
    const pending = { since: undefined, pendingNames: new Set(["shop-dev-redis"]) };
    assert.equal(isLeft({ createdAt: before }, pending), true);
    assert.equal(isLeft({ name: "shop-dev-postgres" }, pending), false);
  });

  it("never are volumes of a fixed name, which hold data", () => {
    const name = "shop-dev-postgres-data";
    assert.equal(isLeft({ kind: "volume", id: name, name }), false);
    assert.equal(isLeft({ kind: "volume", id: name, name }, { pendingNames: new Set([name]) }), false);
    assert.equal(
      isLeft({ kind: "volume", id: "shop-dev-app-secrets-1a2b3c4", name: "shop-dev-app-secrets-1a2b3c4" }),
      true,
    );
  });
});
