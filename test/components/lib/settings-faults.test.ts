// Does not prove how the CLI prints these messages; test/e2e does.
import assert from "node:assert/strict";
import { renderFaults } from "../../../components/lib/fault.ts";
import { parseSettings } from "../../../components/lib/settings.ts";
import { changed, declarations, LEAST } from "../../support/config.ts";

const ID = { project: "onehost", stack: "dev" };

/** The faults of settings, without the line that counts them. */
function faultsOf(raw: Record<string, unknown>, environment = {}): string[] {
  return renderFaults("dev", parseSettings(ID, raw, environment).faults)
    .split("\n")
    .slice(1);
}

/** A fault in a whole number within bounds. */
const number = (least: number, most: number, got: number): string =>
  `must be a whole number from ${least} to ${most}, got ${got}; write a number, for example ${least}`;

const EDGE = "image, user, memory, cpus, publish, domain, tls, publishTls, apiPrefix, stripApiPrefix";
const SERVICES = ["postgres", "redis", "app", "migrations", "backend", "frontend", "worker", "beat", "bot", "edge"];
const TOP = ["host", "audit", "images", "pinned", "platform", "secrets", ...SERVICES].join(", ");

describe("the fault of", () => {
  const size = 'must be a size with a unit, got 64; write KiB, MiB or GiB, for example "512MiB"';
  const cpus =
    'must be a number of CPUs, at least 0.1, got "many"; write it with at most two decimals, for example "0.5"';
  const time = 'must be a duration with a unit, got 30; write h, m, s or ms, for example "30s"';
  const user = 'must be uid:gid in numbers, not root, got "0:0"; write, for example, "10001:10001"';
  const image = 'must be an image reference, got "a b"; write, for example, "registry.example.org/app:1.4.2"';
  const name = 'must be a name in lower case, got "App"; write, for example, "app"';
  const path = 'must be a path that begins with a slash, got "live"; write, for example, "/health"';
  const words = 'must be a list of words, got "run"; write, for example, ["uvicorn", "app.main:app"]';
  const folder = 'must be a folder with a Dockerfile, got "a b"; write, for example, "./backend"';
  const app = 'must be the import path of a Celery application, got "app worker"; write, for example, "app.worker"';
  const docker = (got: string): string =>
    `must be a Docker host by unix://, ssh:// or tcp://, got "${got}"; write, for example, "ssh://deploy@example.org"`;
  const truth = 'must be true or false, got "yes"; write true or false';
  const below = (least: string, got: string): string =>
    `must be at least ${least}, got "${got}"; write "${least}" or more`;
  const onLoopback = (got: string, remedy: string): string =>
    `must be a loopback address and a port, got ${got}; write "127.0.0.1:${remedy}"; from another machine go through ssh -L`;
  const domain = (got: string): string =>
    `must be a domain name in lower case, got "${got}"; write, for example, "example.org"`;
  const plain = 'must be names with plain values, got ["A"]; write, for example, {LOG_LEVEL: "info"}';
  const faults: [string, unknown, string][] = [
    [
      "host",
      "localhost",
      'must be a Docker host by unix://, ssh:// or tcp://, got "localhost"; write, for example, "ssh://deploy@example.org"',
    ],
    ["host", "http://example.org", docker("http://example.org")],
    ["host", "ssh://", docker("ssh://")],
    ["host", "ssh://deploy@example.org/srv", docker("ssh://deploy@example.org/srv")],
    ["host", "tcp://example.org", docker("tcp://example.org")],
    ["host", "unix://docker.sock", docker("unix://docker.sock")],
    ["audit", "yes", truth],
    ["pinned", "yes", truth],
    ["images", "other", 'must be "official" or "offline", got "other"; write, for example, "official"'],
    ["platform", "arm64", 'must be the platform of the Docker host, got "arm64"; write, for example, "linux/arm64"'],
    ["secrets", { "a-b": "s3cret" }, 'must be names with plain values; write, for example, {LOG_LEVEL: "info"}'],
    ["postgres", "x", 'must be a group of settings, got "x"; write its keys indented below it'],
    ["postgres.image", "a b", image],
    ["postgres.user", "0:0", user],
    ["postgres.database", "App", name],
    ["postgres.role", "App", name],
    ["postgres.publish", 5433, onLoopback("5433", "5432")],
    ["postgres.publish", "0.0.0.0:5433", onLoopback('"0.0.0.0:5433"', "5433")],
    ["postgres.memory", 64, size],
    ["postgres.memory", "127MiB", 'must be at least 128MiB, got "127MiB"; write "128MiB" or more'],
    ["postgres.cpus", "many", cpus],
    ["postgres.stopGrace", 30, time],
    ["redis.image", "a b", image],
    ["redis.user", "0:0", user],
    ["redis.publish", "192.168.0.2:6379", onLoopback('"192.168.0.2:6379"', "6379")],
    ["redis.memory", 64, size],
    ["redis.memory", "31MiB", 'must be at least 32MiB, got "31MiB"; write "32MiB" or more'],
    ["redis.cpus", "many", cpus],
    ["redis.stopGrace", 30, time],
    ["app.image", "a b", image],
    ["app.build", "a b", folder],
    ["app.buildArgs", ["A"], plain],
    ["app.user", "0:0", user],
    ["app.env", ["A"], plain],
    ["app.secrets", "run", words],
    ["app.secretsAs", "both", 'must be "files" or "environment", got "both"; write, for example, "files"'],
    [
      "app.uploads",
      "uploads",
      'must be an absolute path inside the container, got "uploads"; write, for example, "/app/uploads"',
    ],
    ["migrations.command", "run", words],
    ["migrations.timeout", 30, time],
    ["backend.command", "run", words],
    ["backend.port", 65_536, number(1, 65_535, 65_536)],
    ["backend.port", "http", 'must be a whole number from 1 to 65535, got "http"; write a number, for example 1'],
    ["backend.live", "live", path],
    ["backend.ready", "live", path],
    ["backend.startTimeout", 30, time],
    ["backend.stopGrace", 30, time],
    ["backend.stopGrace", "0s", 'must be at least 1s, got "0s"; write, for example, "30s"'],
    ["backend.replicas", 5, number(1, 4, 5)],
    ["backend.memory", 64, size],
    ["backend.memory", "512MB", size.replace("64", '"512MB"')],
    ["backend.memory", "512m", size.replace("64", '"512m"')],
    ["backend.memory", "-512MiB", size.replace("64", '"-512MiB"')],
    ["backend.memory", "63MiB", below("64MiB", "63MiB")],
    ["backend.cpus", "many", cpus],
    ["backend.cpus", "a lot", cpus.replace("many", "a lot")],
    ["backend.cpus", -1, cpus.replace('"many"', "-1")],
    ["backend.replicas", -1, number(1, 4, -1)],
    [
      "backend.cpus",
      10.05,
      'must be a number of CPUs that Docker\'s provider reads back as it is, got 10.05; write "10.1"',
    ],
    ["backend.pidsLimit", 59, number(60, 4096, 59)],
    ["frontend.image", "a b", image],
    ["frontend.build", "a b", folder],
    ["frontend.buildArgs", ["A"], plain],
    ["frontend.user", "0:0", user],
    ["frontend.port", 0, number(1, 65_535, 0)],
    ["frontend.live", "live", path],
    ["frontend.replicas", 0, number(1, 4, 0)],
    ["frontend.memory", "15MiB", below("16MiB", "15MiB")],
    ["frontend.cpus", "many", cpus],
    ["worker.app", "app worker", app],
    ["worker.concurrency", 65, number(1, 64, 65)],
    ["worker.autoscale", 8, 'must be the most and the least number of processes, got 8; write, for example, "8,2"'],
    ["worker.maxTasksPerChild", 0, number(1, 1_000_000, 0)],
    ["worker.stopGrace", 30, time],
    ["worker.replicas", 5, number(1, 4, 5)],
    ["worker.memory", "127MiB", below("128MiB", "127MiB")],
    ["worker.cpus", "many", cpus],
    ["worker.pidsLimit", 19, number(20, 4096, 19)],
    ["beat.app", "app worker", app],
    ["beat.memory", "63MiB", below("64MiB", "63MiB")],
    ["beat.cpus", "many", cpus],
    ["bot.image", "a b", image],
    ["bot.build", "a b", folder],
    ["bot.buildArgs", ["A"], plain],
    ["bot.command", "run", words],
    ["bot.user", "0:0", user],
    ["bot.env", ["A"], plain],
    ["bot.secrets", "run", words],
    ["bot.probe", "run", words],
    ["bot.memory", "31MiB", below("32MiB", "31MiB")],
    ["bot.cpus", "many", cpus],
    ["bot.pidsLimit", 19, number(20, 4096, 19)],
    ["edge.image", "a b", image],
    ["edge.user", "0:0", user],
    ["edge.publish", "8080", 'must be an IPv4 address and a port, got "8080"; write, for example, "127.0.0.1:8080"'],
    ["edge.domain", "https://example.org", domain("https://example.org")],
    ["edge.domain", "Example.org", domain("Example.org")],
    ["edge.domain", "localhost", domain("localhost")],
    ["edge.domain", "10.0.0.2", domain("10.0.0.2")],
    ["edge.domain", "example.org:443", domain("example.org:443")],
    ["edge.domain", "*.example.org", domain("*.example.org")],
    ["edge.tls", "self-signed", 'must be "acme" or "internal", got "self-signed"; write, for example, "acme"'],
    ["edge.publishTls", 443, 'must be an IPv4 address and a port, got 443; write, for example, "127.0.0.1:8080"'],
    ["edge.apiPrefix", "live", path],
    ["edge.stripApiPrefix", "yes", truth],
    ["edge.memory", 64, size],
    ["edge.memory", "31MiB", below("32MiB", "31MiB")],
    ["edge.cpus", "many", cpus],
    ["backend.memroy", "1GiB", 'is no setting; did you mean "memory"?'],
    ["edge.certificate", "x", `is no setting; known here: ${EDGE}`],
    ["postgres.replicas", 2, "is no setting; there is always exactly one: two at once would corrupt the data"],
    ["redis.replicas", 2, "is no setting; there is always exactly one: two at once would corrupt the data"],
    ["beat.replicas", 2, "is no setting; there is always exactly one: two at once would send every task twice"],
    ["bot.replicas", 2, "is no setting; there is always exactly one: two at once would fight for the token"],
    ["edge.replicas", 2, "is no setting; there is always exactly one: two at once would fight for the port"],
    [
      "beat.schedule",
      "every day",
      "is no setting; the schedule stands in the Celery application, as beat_schedule or as the scheduler's own table",
    ],
    [
      "bot.token",
      "x",
      "is no setting; name the token in bot.secrets, and set its value with: pulumi config set --secret --path 'secrets.NAME' <value>",
    ],
    ["postgres.password", "x", "is no setting; it is generated, and kept encrypted in the stack's state"],
    ["redis.password", "x", "is no setting; it is generated, and kept encrypted in the stack's state"],
    ["backend.image", "x", "is no setting; backend, worker, beat and migrations run one image: app.image or app.build"],
    ["backend.env", {}, "is no setting; backend, worker, beat and migrations share one environment: app.env"],
    ["registry", "x", `is no setting; known here: ${TOP}`],
  ];
  for (const [key, value, text] of faults)
    it(`${key} ${JSON.stringify(value)} says what to do`, () =>
      assert.deepStrictEqual(faultsOf(changed(LEAST, key, value)), [`  1. ${key}: ${text}`]));

  it("every key is told here", () => {
    const told = new Set(faults.map(([key]) => key));
    assert.deepStrictEqual(
      Object.keys(declarations()).filter((key) => !told.has(key)),
      [],
    );
  });

  it("several settings comes at once, in the order of Pulumi.yaml", () => {
    const raw = changed(changed(changed(LEAST, "edge.publish", 80), "postgres.memory", "1MiB"), "backend.prot", 1);
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
      ["audit", "platform", "secrets", ...SERVICES],
    ));
});

describe("the fault of an environment", () => {
  const host =
    'host: must be a Docker host by unix://, ssh:// or tcp://, got "localhost:2375"; it came from DOCKER_HOST in the environment: write, for example, "ssh://deploy@example.org"';
  const images =
    'images: must be "official" or "offline", got "mine"; it came from ONEHOST_IMAGES in the environment: write, for example, "official"';
  const wrong = { DOCKER_HOST: "localhost:2375", ONEHOST_IMAGES: "mine" };

  it("is told as a setting's, with the variable that it came from", () =>
    assert.deepStrictEqual(faultsOf(LEAST, wrong), [`  1. ${host}`, `  2. ${images}`]));

  it("does not matter where the stack says something", () =>
    assert.deepStrictEqual(faultsOf(changed(changed(LEAST, "host", "ssh://a@b"), "images", "official"), wrong), []));

  it("is not blamed for what the stack says", () =>
    assert.deepStrictEqual(faultsOf(changed(LEAST, "host", "localhost"), { DOCKER_HOST: "unix:///a.sock" }), [
      '  1. host: must be a Docker host by unix://, ssh:// or tcp://, got "localhost"; write, for example, "ssh://deploy@example.org"',
    ]));
});
