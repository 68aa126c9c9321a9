// Does not prove that the commands act on these triggers; test/e2e/drift.e2e.ts does.
import assert from "node:assert/strict";
import { Audit } from "../../../../components/lib/audit/audit.ts";
import type { Finding } from "../../../../components/lib/audit/finding.ts";
import { NOTHING_SEEN, type Seen } from "../../../../components/lib/audit/seen.ts";
import { BACKEND, containerOf, hostWith, ID, REDIS } from "../../../support/seen.ts";

const NOTHING = { triggers: [], ignoreChanges: ["triggers"] };
const TIME = "2026-01-02 03:04:05";

/** An audit with what it reports. */
function auditOf(seen: Seen): { audit: Audit; told: Finding[] } {
  const told: Finding[] = [];
  return { audit: new Audit(ID, seen, (finding) => told.push(finding)), told };
}

const mounting = (secrets: string[], volume: string, Created = "2026-01-01") =>
  containerOf(BACKEND, {
    info: { Created, Mounts: [{ Destination: "/run/secrets", Name: volume }] },
    seen: { secrets },
  });

describe("an audit", () => {
  it("answers the same with nothing seen as with nothing found", () => {
    for (const seen of [NOTHING_SEEN, hostWith([containerOf(REDIS)])]) {
      const { audit, told } = auditOf(seen);
      assert.deepStrictEqual(audit.cures("redis", REDIS), NOTHING);
      assert.deepStrictEqual(audit.fillCures("redis-secrets"), NOTHING);
      assert.deepStrictEqual(audit.seedCures("uploads", "onehost-dev-uploads"), NOTHING);
      assert.deepStrictEqual(audit.switchCures(), NOTHING);
      assert.deepStrictEqual(told, []);
    }
  });

  it("triggers the gate of the container that it found something on, and reports it once", () => {
    const { audit, told } = auditOf(hostWith([containerOf(REDIS, { state: { Paused: true } }), containerOf(BACKEND)]));
    assert.deepStrictEqual(audit.cures("redis", REDIS), {
      triggers: [`state: paused (onehost-dev-redis, ${TIME})`],
      ignoreChanges: [],
    });
    assert.deepStrictEqual(audit.cures("backend", BACKEND), NOTHING);
    assert.equal(told.length, 1);
  });

  it("says who has the name that a resource may need, unless that was told already", () => {
    const byHand = containerOf(BACKEND, { limits: { Init: null }, name: "onehost-dev-backend" });
    const networks = [
      { id: "n1", name: "onehost-dev-data", isLabelled: true },
      { id: "n2", name: "onehost-dev-edge", isLabelled: false },
    ];
    const { audit } = auditOf(hostWith([containerOf(REDIS), byHand], { networks }));
    const { id, finding } = audit.containerNamed("redis") ?? {};
    assert.deepStrictEqual([id, finding?.service, finding?.property], ["0123456789abcdef0123", "redis", "name"]);
    assert.deepStrictEqual([audit.containerNamed("backend"), audit.containerNamed("edge")], [undefined, undefined]);
    const ours = audit.networkNamed("onehost-dev-data");
    assert.deepStrictEqual([ours?.id, ours?.finding.property], ["n1", "name onehost-dev-data"]);
    const others = ["onehost-dev-edge", "onehost-dev-public"].map((name) => audit.networkNamed(name));
    assert.deepStrictEqual(others, [undefined, undefined]);
  });

  it("reports what people have to see to, and triggers nothing", () => {
    const { audit, told } = auditOf(hostWith([containerOf(REDIS, { state: { Restarting: true } })]));
    assert.deepStrictEqual(audit.cures("redis", REDIS), NOTHING);
    assert.deepStrictEqual(
      told.map(({ cure }) => cure),
      ["people"],
    );
  });

  it("triggers the switch, not the gate, for what was changed inside the edge", () => {
    const edge = { ...REDIS, service: "edge", check: { command: [], repair: "switch" as const } };
    const { audit } = auditOf(hostWith([containerOf(edge, { seen: { report: "file up/a\tgone\twritten\n" } })]));
    assert.deepStrictEqual(audit.cures("edge", edge), NOTHING);
    assert.deepStrictEqual(audit.switchCures().triggers, [`file up/a: gone (onehost-dev-edge, ${TIME})`]);
  });

  it("looks at the container that serves while a newer one waits for its gate", () => {
    const named = (end: string, Created: string, Paused: boolean) =>
      containerOf(BACKEND, { name: `onehost-dev-backend-0-${end}`, info: { Created }, state: { Paused } });
    const { audit } = auditOf(hostWith([named("2222222", "2026-01-02", true), named("1111111", "2026-01-01", false)]));
    assert.deepStrictEqual(audit.cures("backend-0", BACKEND), NOTHING);
  });

  it("does not take a container made by hand for its own", () => {
    const { audit } = auditOf(hostWith([containerOf(REDIS, { limits: { Init: false }, state: { Paused: true } })]));
    assert.deepStrictEqual(audit.cures("redis", REDIS), NOTHING);
  });
});

describe("an audit of secret files", () => {
  const volume = (end: string): string => `onehost-dev-app-secrets-${end}`;

  it("triggers the fill of the volume that they lie in", () => {
    const { audit, told } = auditOf(hostWith([mounting(["a edited", "b deleted"], volume("1111111"))]));
    assert.deepStrictEqual(audit.fillCures("app-secrets").triggers, [
      `secret files: a edited, b deleted (${volume("1111111")}, ${TIME})`,
    ]);
    assert.deepStrictEqual(audit.fillCures("bot-secrets"), NOTHING);
    assert.deepStrictEqual(told, [
      {
        service: "app-secrets",
        on: volume("1111111"),
        property: "secret files",
        found: "a edited, b deleted",
        declared: "as the last up wrote them",
        cure: "fill",
        remedy: "up writes them again",
        gap: false,
      },
    ]);
  });

  it("goes by the newest version: an older one goes with its container", () => {
    const old = mounting(["a edited"], volume("1111111"), "2026-01-01");
    const { audit } = auditOf(hostWith([old, mounting([], volume("2222222"), "2026-01-02")]));
    assert.deepStrictEqual(audit.fillCures("app-secrets"), NOTHING);
  });
});

describe("an audit of a volume with a fixed name", () => {
  it("has a new one filled in the place of one that is gone", () => {
    const { audit, told } = auditOf(hostWith([containerOf(REDIS)], { volumes: [] }));
    assert.deepStrictEqual(audit.seedCures("uploads", "onehost-dev-uploads").triggers, [
      `volume: gone (onehost-dev-uploads, ${TIME})`,
    ]);
    assert.deepStrictEqual(told, [
      {
        service: "uploads",
        on: "onehost-dev-uploads",
        property: "volume",
        found: "gone",
        declared: "present",
        cure: "fill",
        remedy: "up makes a new, empty one; restore it from a backup if there was data on it",
        gap: true,
      },
    ]);
  });

  it("says nothing on a host where the stack is not up, nor of a volume without such a name", () => {
    assert.deepStrictEqual(auditOf(hostWith([], { volumes: [] })).audit.seedCures("uploads", "x"), NOTHING);
    assert.deepStrictEqual(auditOf(hostWith([containerOf(REDIS)])).audit.seedCures("edge-config", undefined), NOTHING);
  });
});
