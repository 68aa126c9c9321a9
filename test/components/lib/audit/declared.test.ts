// Does not prove that the program creates these resources; test/program.test.ts does.
import assert from "node:assert/strict";
import { checksOf, declaredStack, probesOf } from "../../../../components/lib/audit/declared.ts";
import { parseSettings, type Settings } from "../../../../components/lib/settings.ts";
import { FULL, LEAST } from "../../../support/config.ts";
import { ID } from "../../../support/seen.ts";

const settings = (values: Record<string, unknown>): Settings => parseSettings(ID, values, {}).settings as Settings;

describe("declaredStack", () => {
  it("has the services of the least stack, and the edge's port alone", () => {
    const { resources, ports } = declaredStack(settings(LEAST));
    assert.deepStrictEqual(resources, ["postgres", "redis", "edge", "backend-0"]);
    assert.deepStrictEqual(ports.length, 1);
  });

  it("has all replicas, and all that is published, of a stack that asks for everything", () => {
    const { id, resources, networks, ports } = declaredStack(settings(FULL));
    const replicas = (service: string, count: number): string[] =>
      Array.from({ length: count }, (_, index) => `${service}-${index}`);
    assert.deepStrictEqual(resources, [
      ...["postgres", "redis", "edge", "beat", "bot"],
      ...[...replicas("backend", 4), ...replicas("frontend", 3), ...replicas("worker", 2)],
    ]);
    assert.deepStrictEqual([id, networks], [ID, ["data", "edge", "public", "egress", "tools"]]);
    assert.deepStrictEqual(ports.map(({ ip, external }) => `${ip}:${external}`).sort(), [
      "10.0.0.2:8000",
      "10.0.0.2:8443",
      "127.0.0.1:15432",
      "127.0.0.2:16379",
    ]);
  });
});

describe("probesOf", () => {
  it("has a probe of every service, and asks the application whether it may write to its volumes", () => {
    const probes = probesOf(settings(FULL));
    assert.deepStrictEqual(Object.keys(probes).sort(), [
      "backend",
      "beat",
      "bot",
      "edge",
      "frontend",
      "postgres",
      "redis",
      "worker",
    ]);
    const written = Object.entries(probes).map(([service, all]) => [
      service,
      all.filter((probe) => probe.join(" ").includes("os.access")).map((probe) => probe.at(-1)),
    ]);
    assert.deepStrictEqual(Object.fromEntries(written.filter(([, targets]) => targets?.length !== 0)), {
      backend: ["/srv/uploads"],
      beat: ["/srv/uploads", "/var/lib/beat"],
      worker: ["/srv/uploads"],
    });
  });
});

describe("checksOf", () => {
  it("has the services that look inside themselves", () =>
    assert.deepStrictEqual(Object.keys(checksOf(settings(LEAST))), ["postgres", "redis", "edge"]));
});
