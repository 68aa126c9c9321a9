// Does not prove that a real engine answers so; test/e2e/drift.e2e.ts does.
import assert from "node:assert/strict";
import { compare } from "../../../../components/lib/audit/compare.ts";
import type { Finding } from "../../../../components/lib/audit/finding.ts";
import type { ServicePlan } from "../../../../components/lib/plan.ts";
import { BACKEND, containerOf, type Differing, hostWith, ID, REDIS } from "../../../support/seen.ts";

function findings(plan: ServicePlan, differing: Differing): Finding[] {
  const container = containerOf(plan, differing);
  return compare({ id: ID, plan }, container, hostWith([container]));
}

const setting = (repair: "restart" | "switch" | string[], report: string): Finding[] =>
  findings({ ...REDIS, check: { command: [], repair } }, { seen: { report } });

describe("compare", () => {
  it("has nothing to say of a container that is as declared", () => {
    assert.deepStrictEqual(findings(REDIS, {}), []);
    assert.deepStrictEqual(findings(BACKEND, {}), []);
  });

  it("says on which container of which service each difference is, state first", () => {
    const found = findings(REDIS, {
      state: { Paused: true },
      networks: {},
      limits: { PidsLimit: 1 },
      seen: { report: "setting save\t60 1\tempty\n" },
    });
    assert.deepStrictEqual(
      found.map(({ service, on, property }) => [service, on, property]),
      ["state", "networks", "pids limit", "setting save"].map((property) => ["redis", "onehost-dev-redis", property]),
    );
  });
});

describe("what a service reports of itself", () => {
  const base = {
    service: "redis",
    on: "onehost-dev-redis",
    property: "setting save",
    found: "60 1",
    declared: "empty",
  };
  const line = "setting save\t60 1\tempty\n";

  it("is cured by a restart, which users notice", () =>
    assert.deepStrictEqual(setting("restart", line), [
      { ...base, cure: "gate", remedy: "up restarts redis", gap: true },
    ]));

  it("or by a command inside the container", () =>
    assert.deepStrictEqual(setting(["sh"], line), [{ ...base, cure: "gate", remedy: "up sets it back", gap: false }]));

  it("or by the edge's switch", () =>
    assert.deepStrictEqual(setting("switch", line), [
      { ...base, cure: "switch", remedy: "up writes it again", gap: false },
    ]));

  it("or by people, where it says what they can do", () =>
    assert.deepStrictEqual(setting("restart", "disk\t90% full\tat most 85%\tmake room\n"), [
      {
        ...base,
        property: "disk",
        found: "90% full",
        declared: "at most 85%",
        cure: "people",
        remedy: "make room",
        gap: false,
      },
    ]));

  it("is left to people where the service has no repair", () => {
    const { check, ...plan } = REDIS;
    assert.ok(check);
    assert.deepStrictEqual(findings(plan, { seen: { report: "readiness\t503\tready\tlook\n" } }), [
      { ...base, property: "readiness", found: "503", declared: "ready", cure: "people", remedy: "look", gap: false },
    ]);
  });

  it("may have no declared value", () =>
    assert.deepStrictEqual(setting("restart", "setting x\ty\n"), [
      {
        service: "redis",
        on: "onehost-dev-redis",
        property: "setting x",
        found: "y",
        cure: "gate",
        remedy: "up restarts redis",
        gap: true,
      },
    ]));
});
