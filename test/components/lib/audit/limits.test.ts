// Does not prove what an engine makes of these limits; test/e2e/drift.e2e.ts does.
import assert from "node:assert/strict";
import { everyCpu, limitFindings } from "../../../../components/lib/audit/limits.ts";
import { BACKEND, containerOf, hostWith } from "../../../support/seen.ts";

function findings(limits: object, cpus = 2): object[] {
  return limitFindings(
    BACKEND,
    containerOf(BACKEND, { limits }).info,
    hostWith([], { capacity: { memory: { bytes: 0 }, cpus } }),
  );
}

const set = { cure: "gate", remedy: "up sets it", gap: false };

describe("limitFindings", () => {
  it("has nothing to say where all is as declared", () => assert.deepStrictEqual(findings({}), []));

  const cases: [string, object, object][] = [
    ["another limit of processes", { PidsLimit: 5 }, { property: "pids limit", found: "5", declared: "77" }],
    ["none", { PidsLimit: null }, { property: "pids limit", found: "none", declared: "77" }],
    ["cpu shares", { CpuShares: 512 }, { property: "cpu shares", found: "512", declared: "none" }],
    ["blkio weight", { BlkioWeight: 300 }, { property: "blkio weight", found: "300", declared: "none" }],
    [
      "memory reservation",
      { MemoryReservation: 100 * 1024 * 1024 },
      { property: "memory reservation", found: "100 MiB", declared: "none" },
    ],
    ["cpuset", { CpusetCpus: "1" }, { property: "cpuset", found: "1", declared: "all" }],
  ];
  for (const [title, limits, finding] of cases)
    it(`names ${title}`, () => assert.deepStrictEqual(findings(limits), [{ ...finding, ...set }]));

  it("takes a value without effect for none, since Docker cannot unset them", () =>
    assert.deepStrictEqual(
      findings({ CpuShares: 1024, BlkioWeight: 500, MemoryReservation: 6 * 1024 * 1024, CpusetCpus: "0-1" }),
      [],
    ));

  it("leaves to people what nothing but a new container takes back", () => {
    const people = {
      declared: "none",
      cure: "people",
      remedy: "docker rm -f onehost-dev-backend; up makes a new one",
      gap: false,
    };
    assert.deepStrictEqual(findings({ CpusetMems: "0", KernelMemory: 64 * 1024 * 1024 }), [
      { property: "cpuset mems", found: "0", ...people },
      { property: "kernel memory", found: "64 MiB", ...people },
    ]);
  });
});

describe("everyCpu", () => {
  it("is spelled as Docker does", () => assert.deepStrictEqual([everyCpu(1), everyCpu(8)], ["0", "0-7"]));
});
