// Does not prove what a host says of itself; preflight's tests and test/e2e do.
import assert from "node:assert/strict";
import { capacityFaults, demands, tightRelease } from "../../../components/lib/capacity.ts";
import { renderFault } from "../../../components/lib/fault.ts";
import { parseSettings, type Settings } from "../../../components/lib/settings.ts";
import { mib } from "../../../components/lib/size.ts";
import { FULL, LEAST } from "../../support/config.ts";

const of = (raw: Record<string, unknown>) =>
  demands(parseSettings({ project: "onehost", stack: "dev" }, raw, {}).settings as Settings);
const faultsOf = (raw: Record<string, unknown>, memory: number, cpus: number): string[] =>
  capacityFaults(of(raw), "ssh://a@b", { memory: mib(memory), cpus }).map(renderFault);

describe("demands", () => {
  it("are those of the services that a stack asks for, and which of them doubles in a release", () => {
    const list = (raw: Record<string, unknown>): string[] =>
      of(raw).map(({ service, replicas, isRolling }) => `${service} ${replicas}${isRolling ? " rolling" : ""}`);
    assert.deepStrictEqual(list(LEAST), ["backend 1 rolling", "postgres 1", "redis 1", "edge 1"]);
    assert.deepStrictEqual(list(FULL), [
      ...["backend 4 rolling", "frontend 3 rolling", "worker 2 rolling"],
      ...["postgres 1", "redis 1", "beat 1", "bot 1", "edge 1"],
    ]);
  });
});

describe("capacityFaults", () => {
  it("are none where the limits fit, to the last MiB", () => assert.deepStrictEqual(faultsOf(LEAST, 960, 1), []));

  it("tell limits that are more than the host's memory together, with the largest", () =>
    assert.deepStrictEqual(faultsOf(LEAST, 959, 1), [
      'host: must have the 960MiB that the services may use together, and has 959MiB, got "ssh://a@b"; lower the largest limits (postgres 512MiB, backend 256MiB, redis 128MiB), or take a larger host',
    ]));

  it("count every replica", () =>
    assert.deepStrictEqual(faultsOf(FULL, 2048, 4), [
      'host: must have the 4000MiB that the services may use together, and has 2GiB, got "ssh://a@b"; lower the largest limits (worker 2 × 1GiB, postgres 1GiB, backend 4 × 128MiB), or take a larger host',
    ]));

  it("tell each service that asks for more CPUs than there are", () =>
    assert.deepStrictEqual(faultsOf(FULL, 8192, 1), [
      'backend.cpus: must be at most 1, the number of CPUs of the host, got "1.5"; write "1.0" or less',
      'worker.cpus: must be at most 1, the number of CPUs of the host, got "2.0"; write "1.0" or less',
      'postgres.cpus: must be at most 1, the number of CPUs of the host, got "2.0"; write "1.0" or less',
    ]));
});

describe("tightRelease", () => {
  const told = (memory: number): string | undefined => tightRelease(of(LEAST), { memory: mib(memory), cpus: 1 });

  it("says nothing where old and new containers fit side by side", () => assert.equal(told(1216), undefined));

  it("warns where they do not", () =>
    assert.equal(
      told(1215),
      "host: during a release old and new containers may use 1216MiB together, more than the 1215MiB that it has; lower limits or replicas if a release runs out of memory",
    ));
});
