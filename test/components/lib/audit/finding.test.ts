// Does not prove that Pulumi runs a command for these triggers; test/e2e/drift.e2e.ts does.
import assert from "node:assert/strict";
import { type Finding, renderFinding, triggeredBy } from "../../../../components/lib/audit/finding.ts";

const PAUSED: Finding = {
  service: "redis",
  on: "onehost-dev-redis",
  property: "state",
  found: "paused",
  declared: "running",
  cure: "gate",
  remedy: "up unpauses it",
  gap: false,
};

describe("renderFinding", () => {
  it("says what differs, how it should be, and what helps", () =>
    assert.equal(renderFinding(PAUSED), "state: paused (declared: running); up unpauses it"));

  it("leaves out what no value could say", () => {
    const { service, on, property, found, cure, remedy, gap } = PAUSED;
    const finding = { service, on, property, found, cure, remedy, gap };
    assert.equal(renderFinding(finding), "state: paused; up unpauses it");
  });
});

describe("triggeredBy", () => {
  const at = new Date("2026-01-02T03:04:05.678Z");

  it("leaves a command alone where nothing was found, whatever triggered it last", () =>
    assert.deepStrictEqual(triggeredBy([], at), { triggers: [], ignoreChanges: ["triggers"] }));

  it("names each finding, where and when, so that the same trouble runs it again", () =>
    assert.deepStrictEqual(triggeredBy([PAUSED, { ...PAUSED, property: "networks", found: "without data" }], at), {
      triggers: [
        "state: paused (onehost-dev-redis, 2026-01-02 03:04:05)",
        "networks: without data (onehost-dev-redis, 2026-01-02 03:04:05)",
      ],
      ignoreChanges: [],
    }));
});
