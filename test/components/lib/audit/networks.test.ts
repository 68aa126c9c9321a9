// Does not prove how the engine spells networks; test/e2e/drift.e2e.ts does.
import assert from "node:assert/strict";
import { attachmentsOf, networkFindings, networksOf } from "../../../../components/lib/audit/networks.ts";
import { BACKEND, containerOf, ID, REDIS } from "../../../support/seen.ts";

const WANTED = networksOf(ID, REDIS);

function findings(networks: Record<string, string[] | null>): object[] {
  return networkFindings(WANTED, containerOf(REDIS, { networks }).info);
}

describe("networksOf", () => {
  it("has a recreated service on its networks under its own name", () =>
    assert.deepStrictEqual(WANTED, { "onehost-dev-data": ["redis"] }));

  it("has a rolling service there under no name", () =>
    assert.deepStrictEqual(networksOf(ID, BACKEND), { "onehost-dev-data": [], "onehost-dev-edge": [] }));
});

describe("attachmentsOf", () => {
  it("leaves out the aliases that Docker gives by itself", () => {
    const { info } = containerOf(REDIS, { networks: { data: ["redis", "onehost-dev-redis"] } });
    assert.deepStrictEqual(attachmentsOf(info), { data: ["redis"] });
  });

  it("takes no aliases for an empty list", () =>
    assert.deepStrictEqual(attachmentsOf(containerOf(REDIS, { networks: { data: null } }).info), { data: [] }));
});

describe("networkFindings", () => {
  it("has nothing to say where all is as declared", () =>
    assert.deepStrictEqual(findings({ "onehost-dev-data": ["redis"] }), []));

  const cases: [string, Record<string, string[] | null>, string][] = [
    ["a network that was disconnected", {}, "without onehost-dev-data"],
    ["a foreign network", { "onehost-dev-data": ["redis"], bridge: null }, "also on bridge"],
    ["an alias that was lost", { "onehost-dev-data": null }, "on onehost-dev-data without its alias redis"],
    ["a further alias", { "onehost-dev-data": ["redis", "cache"] }, "on onehost-dev-data also as cache"],
    ["several at once, in one", { bridge: null }, "without onehost-dev-data, also on bridge"],
  ];
  for (const [title, networks, found] of cases)
    it(`names ${title}`, () =>
      assert.deepStrictEqual(findings(networks), [
        {
          property: "networks",
          found,
          declared: "onehost-dev-data",
          cure: "gate",
          remedy: "up connects it as declared",
          gap: false,
        },
      ]));
});
