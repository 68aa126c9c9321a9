// Does not prove what a preview contains; test/e2e/drift.e2e.ts runs the script on a real stack.
import assert from "node:assert/strict";
import type { Finding } from "../../components/lib/audit/finding.ts";
import { differences } from "../../scripts/lib/drift-report.ts";
import type { Step } from "../../scripts/lib/preview-step.ts";

const urn = (type: string, name: string): string => `urn:pulumi:dev::onehost::onehost:index:Any$${type}::${name}`;
const CONTAINER = "docker:index/container:Container";
const COMMAND = "command:local:Command";

const container = (op: string, name: string, rest: Partial<Step> = {}): Step => ({
  op,
  urn: urn(CONTAINER, name),
  ...rest,
});

const MEMORY: Partial<Step> = {
  oldState: { inputs: { memory: 300 }, outputs: { memory: 300 } },
  newState: { inputs: { memory: 256 } },
  detailedDiff: { memory: { kind: "update" } },
  diffReasons: ["memory"],
};

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

const recorded = (step: Step, inputs: Record<string, unknown>) => new Map([[step.urn, inputs]]);

describe("the drift report", () => {
  it("is empty where nothing is found and nothing would change", () =>
    assert.deepStrictEqual(
      differences([container("same", "redis"), container("refresh", "redis")], [], new Map()),
      [],
    ));

  it("leaves out that something is to be made whose name is taken, since that is said", () => {
    const network = (name: string): Step => ({ op: "create", urn: urn("docker:index/network:Network", name) });
    const taken = (service: string, property: string, on: string): Finding => ({ ...PAUSED, service, property, on });
    const findings = [taken("redis", "name", "onehost-dev-redis"), taken("networks", "name x", "onehost-dev-data")];
    const steps = [
      container("create", "redis"),
      network("network-data"),
      container("create", "beat"),
      network("network-edge"),
    ];
    const said = differences(steps, findings, new Map()).map(({ service, property }) => `${service} ${property}`);
    assert.deepStrictEqual(said, ["redis name", "networks name x", "beat container", "network-edge network"]);
  });

  it("tells a change of the host by what the last up recorded", () => {
    const step = container("update", "backend-0", MEMORY);
    assert.deepStrictEqual(differences([step], [], recorded(step, { memory: 256 })), [
      {
        service: "backend-0",
        since: "changed on the host",
        property: "memory",
        found: "300",
        declared: "256",
        remedy: "up changes it in place",
        gap: false,
      },
    ]);
  });

  it("tells an edit of the stack file that no up has applied", () => {
    const step = container("update", "backend-0", MEMORY);
    const [found] = differences([step], [], recorded(step, { memory: 300 }));
    assert.equal(found?.since, "not applied yet");
  });

  it("tells what is gone from what is new, and what is no longer wanted", () => {
    const [gone, fresh, old] = [
      container("create", "redis"),
      container("create", "bot"),
      container("delete", "worker-1"),
    ];
    const found = differences([gone, fresh, old], [], recorded(gone, {}));
    assert.deepStrictEqual(
      found.map((one) => [one.service, one.since, one.property, one.found, one.declared, one.remedy, one.gap]),
      [
        ["redis", "changed on the host", "container", "gone", "present", "up makes it", true],
        ["bot", "not applied yet", "container", "none", "present", "up makes it", true],
        ["worker-1", "not applied yet", "container", "present", "none", "up removes it", false],
      ],
    );
  });

  it("says of a replacement whether users notice", () => {
    const replaced = { ...MEMORY, detailedDiff: { "envs[2]": {} }, diffReasons: ["envs"] };
    const steps = ["backend-0", "postgres"].map((name) => container("replace", name, replaced));
    assert.deepStrictEqual(
      differences(steps, [], new Map()).map(({ service, property, remedy, gap }) => [service, property, remedy, gap]),
      [
        ["backend-0", "envs", "up makes a new one beside it first", false],
        ["postgres", "envs", "up stops it and makes a new one", true],
      ],
    );
  });

  it("says a finding in its own words, and not once more for the command that cures it", () => {
    const gate: Step = { op: "replace", urn: urn(COMMAND, "redis-gate"), diffReasons: ["triggers"] };
    const { service, property, found, declared, remedy, gap } = PAUSED;
    const words = { service, property, found, declared, remedy, gap };
    assert.deepStrictEqual(differences([gate], [PAUSED], new Map()), [{ since: "changed on the host", ...words }]);
  });

  it("leaves out the provider's own word for a container that stands still", () => {
    const started = container("update", "redis", { detailedDiff: { mustRun: {} } });
    assert.deepStrictEqual(differences([started], [PAUSED], new Map()).length, 1);
    assert.deepStrictEqual(differences([started], [], new Map())[0]?.property, "mustRun");
  });

  it("leaves commands out that only follow, and names them where there is nothing else", () => {
    const gate: Step = { op: "update", urn: urn(COMMAND, "redis-gate"), diffReasons: ["environment"] };
    const follows = differences([gate, container("create", "redis")], [], new Map());
    assert.deepStrictEqual(
      follows.map(({ property }) => property),
      ["container"],
    );
    assert.deepStrictEqual(
      differences([gate], [], new Map()).map(({ property }) => property),
      ["environment"],
    );
  });

  it("never shows a secret, and cuts a long value", () => {
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "x" };
    const states = { oldState: { inputs: { a: secret, b: "x".repeat(70) } }, newState: { inputs: {} } };
    const step = container("update", "bot", { ...states, diffReasons: ["a", "b"] });
    const found = differences([step], [], new Map()).map((one) => [one.found, one.declared]);
    assert.deepStrictEqual(found, [
      ["[secret]", "none"],
      [`${"x".repeat(57)}...`, "none"],
    ]);
  });
});
