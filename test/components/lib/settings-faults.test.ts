// Does not prove how the CLI prints these messages; test/e2e does.
import assert from "node:assert/strict";
import { renderFaults } from "../../../components/lib/fault.ts";
import { parseSettings } from "../../../components/lib/settings.ts";
import { changed, stackFile, withDefaults } from "../../support/config.ts";

const ID = { project: "onehost", stack: "dev" };
const BASE = withDefaults({ backend: { build: "./backend" } });
const FULL = withDefaults(stackFile("test/support/Pulumi.full.yaml"));

/** The faults of settings, without the line that counts them. */
function faultsOf(raw: unknown): string[] {
  return renderFaults("dev", parseSettings(ID, raw, {}).faults)
    .split("\n")
    .slice(1);
}

describe("the fault of", () => {
  const size = 'must be a size with a unit, got 64; write KiB, MiB or GiB, for example "512MiB"';
  const cpus =
    'must be a number of CPUs, at least 0.1, got "many"; write it with at most two decimals, for example "0.5"';
  const time = 'must be a duration with a unit, got 30; write h, m, s or ms, for example "30s"';
  const user = 'must be uid:gid in numbers, not root, got "0:0"; write, for example, "10001:10001"';
  const image = 'must be an image reference, got "a b"; write, for example, "registry.example.org/app:1.4.2"';
  const name = 'must be a name in lower case, got "App"; write, for example, "app"';
  const path = 'must be a path that begins with a slash, got "live"; write, for example, "/health"';
  const plain = 'must be names with plain values, got ["A"]; write, for example, {LOG_LEVEL: "info"}';
  const faults: [string, unknown, string][] = [
    ["host", "localhost", 'must be a Docker host, got "localhost"; write, for example, "ssh://deploy@example.org"'],
    ["images", "other", 'must be "official" or "offline", got "other"; write, for example, "official"'],
    ["secrets", { "a-b": "s3cret" }, 'must be names with plain values; write, for example, {LOG_LEVEL: "info"}'],
    ["postgres", "x", 'must be a group of settings, got "x"; write its keys indented below it'],
    ["postgres.image", "a b", image],
    ["postgres.user", "0:0", user],
    ["postgres.database", "App", name],
    ["postgres.role", "App", name],
    ["postgres.memory", 64, size],
    ["postgres.memory", "127MiB", 'must be at least 128MiB, got "127MiB"; write "128MiB" or more'],
    ["postgres.cpus", "many", cpus],
    ["postgres.stopGrace", 30, time],
    ["redis.image", "a b", image],
    ["redis.user", "0:0", user],
    ["redis.memory", 64, size],
    ["redis.memory", "31MiB", 'must be at least 32MiB, got "31MiB"; write "32MiB" or more'],
    ["redis.cpus", "many", cpus],
    ["redis.stopGrace", 30, time],
    ["backend.image", "a b", image],
    ["backend.build", "a b", 'must be a folder with a Dockerfile, got "a b"; write, for example, "./backend"'],
    ["backend.buildArgs", ["A"], plain],
    [
      "backend.command",
      "uvicorn",
      'must be a list of words, got "uvicorn"; write, for example, ["uvicorn", "app.main:app"]',
    ],
    ["backend.user", "0:0", user],
    ["backend.port", 65_536, "must be a whole number from 1 to 65535, got 65536; write a number, for example 1"],
    ["backend.port", "http", 'must be a whole number from 1 to 65535, got "http"; write a number, for example 1'],
    ["backend.live", "live", path],
    ["backend.ready", "live", path],
    ["backend.startTimeout", 30, time],
    ["backend.stopGrace", 30, time],
    ["backend.stopGrace", "0s", 'must be at least 1s, got "0s"; write, for example, "30s"'],
    ["backend.replicas", 5, "must be a whole number from 1 to 4, got 5; write a number, for example 1"],
    ["backend.memory", 64, size],
    ["backend.memory", "63MiB", 'must be at least 64MiB, got "63MiB"; write "64MiB" or more'],
    ["backend.cpus", "many", cpus],
    ["backend.pidsLimit", 59, "must be a whole number from 60 to 4096, got 59; write a number, for example 60"],
    ["backend.env", ["A"], plain],
    ["backend.secrets", "A", 'must be a list of words, got "A"; write, for example, ["uvicorn", "app.main:app"]'],
    ["backend.secretsAs", "both", 'must be "files" or "environment", got "both"; write, for example, "files"'],
    ["edge.image", "a b", image],
    ["edge.user", "0:0", user],
    ["edge.publish", "8080", 'must be an IPv4 address and a port, got "8080"; write, for example, "127.0.0.1:8080"'],
    ["edge.apiPrefix", "live", path],
    ["edge.memory", 64, size],
    ["edge.memory", "31MiB", 'must be at least 32MiB, got "31MiB"; write "32MiB" or more'],
    ["edge.cpus", "many", cpus],
    ["backend.memroy", "1GiB", 'is no setting; did you mean "memory"?'],
    ["edge.certificate", "x", "is no setting; known here: image, user, publish, apiPrefix, memory, cpus"],
    ["registry", "x", "is no setting; known here: host, images, secrets, postgres, redis, backend, edge"],
  ];
  for (const [key, value, text] of faults)
    it(`${key} ${JSON.stringify(value)} says what to do`, () =>
      assert.deepStrictEqual(faultsOf(changed(BASE, key, value)), [`  1. ${key}: ${text}`]));

  it("a backend that is neither pulled nor built", () =>
    assert.deepStrictEqual(faultsOf(changed(BASE, "backend.build", "")), [
      "  1. backend.image: must be given; set either backend.image (pulled) or backend.build (a folder built on the host)",
    ]));

  it("a backend that is both pulled and built", () =>
    assert.deepStrictEqual(faultsOf(changed(BASE, "backend.image", "app:1")), [
      '  1. backend.image: must not be given together with backend.build, got "app:1"; set either backend.image (pulled) or backend.build (a folder built on the host)',
    ]));

  it("secrets that the stack does not have, one by one", () =>
    assert.deepStrictEqual(faultsOf(changed(FULL, "backend.secrets", ["API_KEY", "TOKEN", "constructor"])), [
      "  1. backend.secrets: must name secrets of this stack, got \"TOKEN\"; run: pulumi config set --secret --path 'secrets.TOKEN' <value>",
      "  2. backend.secrets: must name secrets of this stack, got \"constructor\"; run: pulumi config set --secret --path 'secrets.constructor' <value>",
    ]));

  it("secrets in the environment of the image's own command", () =>
    assert.deepStrictEqual(faultsOf(changed(BASE, "backend.secretsAs", "environment")), [
      '  1. backend.command: must be given when backend.secretsAs is "environment"; the entrypoint that exports secrets replaces the image\'s own command: write that command',
    ]));

  it("several settings comes at once, in the order of Pulumi.yaml", () => {
    const raw = changed(changed(changed(BASE, "edge.publish", 80), "postgres.memory", "1MiB"), "backend.prot", 1);
    assert.equal(
      renderFaults("dev", parseSettings(ID, raw, {}).faults),
      [
        '3 faults in the settings of stack "dev"; nothing was changed',
        '  1. postgres.memory: must be at least 128MiB, got "1MiB"; write "128MiB" or more',
        '  2. backend.prot: is no setting; did you mean "port"?',
        '  3. edge.publish: must be an IPv4 address and a port, got 80; write, for example, "127.0.0.1:8080"',
      ].join("\n"),
    );
  });

  it("every key of an empty configuration is told, and no optional one", () =>
    assert.deepStrictEqual(
      parseSettings(ID, {}, {}).faults.map(({ key }) => key),
      ["secrets", "postgres", "redis", "backend", "edge"],
    ));
});
