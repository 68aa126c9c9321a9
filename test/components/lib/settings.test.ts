// Does not prove that the CLI merges and passes the configuration as test/support/config.ts does; test/e2e does.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { parseSettings, readSettings, type Settings } from "../../../components/lib/settings.ts";
import { mib } from "../../../components/lib/size.ts";
import { changed, FULL, LEAST, serialized } from "../../support/config.ts";

const ID = { project: "onehost", stack: "dev" };

function settingsOf(raw: Record<string, unknown>, environment = {}): Settings {
  const { settings, faults } = parseSettings(ID, raw, environment);
  assert.deepStrictEqual(faults, []);
  return settings as Settings;
}

/** The texts of secrets, each of which has to be marked as one. */
async function revealed(secrets: Readonly<Record<string, pulumi.Output<string>>>): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const [name, secret] of Object.entries(secrets)) {
    assert.ok(await pulumi.isSecret(secret), name);
    texts[name] = await new Promise((resolve) => secret.apply(resolve));
  }
  return texts;
}

const BASES = { PYTHON_IMAGE: "onehost/python:3.11", NODE_IMAGE: "onehost/node:20", NGINX_IMAGE: "onehost/nginx:1" };

describe("parseSettings", () => {
  it("completes a stack that says next to nothing, and asks for no service that it does not name", () =>
    assert.deepStrictEqual(settingsOf(LEAST), {
      id: ID,
      host: "unix:///var/run/docker.sock",
      audit: true,
      postgres: {
        image: { ref: "postgres:15-alpine" },
        user: "70:70",
        database: "app",
        role: "app",
        publish: undefined,
        memory: mib(512),
        cpus: "1.0",
        stopGrace: { milliseconds: 60_000 },
      },
      redis: {
        image: { ref: "redis:7-alpine" },
        user: "999:1000",
        publish: undefined,
        memory: mib(128),
        cpus: "0.5",
        stopGrace: { milliseconds: 30_000 },
      },
      app: {
        image: { ref: "registry.example.org/app:1" },
        user: "10001:10001",
        env: {},
        secrets: {},
        secretsAs: "files",
        uploads: undefined,
      },
      migrations: undefined,
      backend: {
        command: [],
        port: 8000,
        live: "/live",
        ready: "/health",
        startTimeout: { milliseconds: 60_000 },
        stopGrace: { milliseconds: 30_000 },
        replicas: 1,
        memory: mib(256),
        cpus: "1.0",
        pidsLimit: 200,
      },
      frontend: undefined,
      worker: undefined,
      beat: undefined,
      bot: undefined,
      edge: {
        image: { ref: "caddy:2.11.4-alpine" },
        user: "10081:10081",
        publish: { ip: "127.0.0.1", external: 8080, internal: 8080 },
        https: undefined,
        apiPrefix: "/api",
        stripApiPrefix: true,
        memory: mib(64),
        cpus: "0.5",
      },
    }));

  it("serves a domain on the usual ports, with a certificate of a public authority", () => {
    const { settings } = parseSettings(ID, changed(LEAST, "edge.domain", "example.org"), {});
    assert.deepStrictEqual(settings?.edge.publish, { ip: "0.0.0.0", external: 80, internal: 8080 });
    assert.deepStrictEqual(settings.edge.https, {
      domain: "example.org",
      tls: "acme",
      publish: { ip: "0.0.0.0", external: 443, internal: 8443 },
    });
  });

  it("takes every setting of a stack that says everything", async () => {
    const { app, bot, ...rest } = settingsOf(FULL);
    const { secrets, ...plainApp } = app;
    const { secrets: botSecrets, ...plainBot } = bot as NonNullable<typeof bot>;
    assert.deepStrictEqual(await revealed(secrets), { API_KEY: "secret-of-the-application" });
    assert.deepStrictEqual(await revealed(botSecrets), { BOT_TOKEN: "secret-of-the-bot" });
    assert.deepStrictEqual(plainApp, {
      image: {
        build: "examples/sample-app/backend",
        args: { ...BASES, INDEX: "https://pypi.example.org" },
        platform: "linux/arm64",
      },
      user: "28:28",
      env: { LOG_LEVEL: "debug", DEBUG: "false" },
      secretsAs: "environment",
      uploads: "/srv/uploads",
    });
    assert.deepStrictEqual(plainBot, {
      image: { build: "examples/bot", args: { ...BASES, INDEX: "https://pypi.example.org" }, platform: "linux/arm64" },
      command: ["python", "-m", "bot"],
      user: "31:31",
      env: { LANG: "de" },
      probe: ["python", "-m", "bot.alive"],
      memory: mib(64),
      cpus: "0.1",
      pidsLimit: 30,
    });
    assert.deepStrictEqual(rest, {
      id: ID,
      host: "tcp://10.0.0.2:2376",
      audit: false,
      postgres: {
        image: { ref: "registry.example.org/postgres:16" },
        user: "26:26",
        database: "shop",
        role: "clerk",
        publish: { ip: "127.0.0.1", external: 15432, internal: 5432 },
        memory: mib(1024),
        cpus: "2.0",
        stopGrace: { milliseconds: 120_000 },
      },
      redis: {
        image: { ref: "registry.example.org/redis:8" },
        user: "27:27",
        publish: { ip: "127.0.0.2", external: 16379, internal: 6379 },
        memory: mib(64),
        cpus: "0.25",
        stopGrace: { milliseconds: 60_000 },
      },
      migrations: { command: ["alembic", "upgrade", "head"], timeout: { milliseconds: 600_000 } },
      backend: {
        command: ["uvicorn", "app.main:app"],
        port: 9000,
        live: "/alive",
        ready: "/ready",
        startTimeout: { milliseconds: 90_000 },
        stopGrace: { milliseconds: 45_000 },
        replicas: 4,
        memory: mib(128),
        cpus: "1.5",
        pidsLimit: 100,
      },
      frontend: {
        image: { build: "examples/sample-app/frontend", args: { ...BASES, API: "/v1" }, platform: "linux/arm64" },
        user: "30:30",
        port: 3000,
        live: "/healthz",
        replicas: 3,
        memory: mib(32),
        cpus: "0.25",
      },
      worker: {
        app: "app.worker",
        concurrency: 3,
        autoscale: "8,2",
        maxTasksPerChild: 50,
        stopGrace: { milliseconds: 300_000 },
        replicas: 2,
        memory: mib(1024),
        cpus: "2.0",
        pidsLimit: 60,
      },
      beat: { app: "app.schedule:app", memory: mib(64), cpus: "0.1" },
      edge: {
        image: { ref: "registry.example.org/caddy:2.12" },
        user: "29:29",
        publish: { ip: "10.0.0.2", external: 8000, internal: 8080 },
        https: {
          domain: "shop.example.org",
          tls: "internal",
          publish: { ip: "10.0.0.2", external: 8443, internal: 8443 },
        },
        apiPrefix: "/v1",
        stripApiPrefix: false,
        memory: mib(128),
        cpus: "0.75",
      },
    });
  });

  for (const group of ["app", "frontend", "bot"] as const)
    it(`takes a reference instead of a folder for ${group}`, () => {
      const raw = changed(changed(FULL, `${group}.build`, ""), `${group}.image`, "registry.example.org/app:1");
      assert.deepStrictEqual(settingsOf(raw)[group]?.image, { ref: "registry.example.org/app:1" });
    });

  it("lets build arguments of the stack win over the image set's", () => {
    const raw = changed(FULL, "app.buildArgs", { PYTHON_IMAGE: "mine" });
    assert.deepStrictEqual(settingsOf(raw).app.image, {
      build: "examples/sample-app/backend",
      platform: "linux/arm64",
      args: { ...BASES, PYTHON_IMAGE: "mine" },
    });
  });
});

describe("a service that is off unless it is asked for", () => {
  const questions: [keyof Settings, string, unknown][] = [
    ["migrations", "migrations.command", ["migrate"]],
    ["frontend", "frontend.image", "web:1"],
    ["frontend", "frontend.build", "./frontend"],
    ["worker", "worker.app", "app.worker"],
    ["beat", "beat.app", "app.worker"],
    ["bot", "bot.command", ["bot"]],
    ["bot", "bot.image", "bot:1"],
    ["bot", "bot.build", "./bot"],
  ];
  // A bot needs a token as well; naming one does not ask for a bot.
  const least = changed(changed(LEAST, "secrets", { BOT_TOKEN: "t" }), "bot.secrets", ["BOT_TOKEN"]);
  for (const [service, key, value] of questions)
    it(`is there with ${key} alone, and nothing else with it`, () => {
      const { [service]: asked, ...others } = settingsOf(changed(least, key, value));
      const { [service]: none, ...before } = settingsOf(least);
      assert.deepStrictEqual([asked === undefined, none], [false, undefined]);
      assert.deepStrictEqual(others, before);
    });

  const silent: [keyof Settings, string, unknown][] = [
    ["migrations", "migrations.timeout", "10s"],
    ["frontend", "frontend.replicas", 2],
    ["worker", "worker.replicas", 2],
    ["beat", "beat.memory", "64MiB"],
    ["bot", "bot.probe", ["true"]],
    ["bot", "bot.env", { A: "b" }],
  ];
  for (const [service, key, value] of silent)
    it(`is not there with ${key} alone`, () =>
      assert.equal(settingsOf(changed(LEAST, key, value))[service], undefined));
});

describe("a bot without an image of its own", () => {
  it("runs from the application's, pulled or built, as its own user", () => {
    const bot = { ...(LEAST["bot"] as object), command: ["bot"], user: "5:5", secrets: ["BOT_TOKEN"] };
    const pulled = settingsOf({ ...LEAST, bot, secrets: { BOT_TOKEN: "t" } });
    assert.deepStrictEqual(pulled.bot?.image, { ref: "registry.example.org/app:1" });
    assert.equal(pulled.bot?.user, "5:5");
    const built = settingsOf(changed(FULL, "bot.build", ""));
    assert.deepStrictEqual(built.bot?.image, built.app.image);
  });
});

describe("host", () => {
  const hosts: [string, string, string | undefined, string][] = [
    ["the setting", "ssh://a@b", "unix:///other.sock", "ssh://a@b"],
    ["DOCKER_HOST without the setting", "", "unix:///other.sock", "unix:///other.sock"],
    ["the local socket without either", "", undefined, "unix:///var/run/docker.sock"],
    ["the local socket where DOCKER_HOST is empty", "", "", "unix:///var/run/docker.sock"],
  ];
  for (const [title, host, DOCKER_HOST, expected] of hosts)
    it(`is ${title}`, () => assert.equal(settingsOf(changed(LEAST, "host", host), { DOCKER_HOST }).host, expected));
});

describe("images", () => {
  const sets: [string, string, string | undefined, string][] = [
    ["the setting", "official", "offline", "caddy:2.11.4-alpine"],
    ["the setting", "offline", "official", "onehost/caddy:2"],
    ["ONEHOST_IMAGES without the setting", "", "offline", "onehost/caddy:2"],
    ["the official ones without either", "", undefined, "caddy:2.11.4-alpine"],
  ];
  for (const [title, images, ONEHOST_IMAGES, ref] of sets)
    it(`follow ${title}: ${ref}`, () =>
      assert.deepStrictEqual(settingsOf(changed(LEAST, "images", images), { ONEHOST_IMAGES }).edge.image, { ref }));
});

describe("readSettings", () => {
  const configure = (raw: Record<string, unknown>): void =>
    pulumi.runtime.setAllConfig({ ...serialized(raw), "other:key": "[" });
  before(() =>
    pulumi.runtime.setMocks({ call: () => assert.fail(), newResource: () => assert.fail() }, "onehost", "dev"),
  );

  it("reads the project's own configuration as the CLI passes it", () => {
    configure(LEAST);
    assert.deepStrictEqual(readSettings({}), settingsOf(LEAST));
  });

  for (const text of ["{", "[fd00::1]", "{not json}"])
    it(`tells ${text}, which only begins like JSON, as the fault that it is`, () => {
      configure({ ...LEAST, host: text, postgres: text });
      assert.throws(() => readSettings({}), {
        message: [
          '2 faults in the settings of stack "dev"; nothing was changed',
          `  1. host: must be a Docker host by unix://, ssh:// or tcp://, got "${text}"; write, for example, "ssh://deploy@example.org"`,
          `  2. postgres: must be a group of settings, got "${text}"; write its keys indented below it`,
        ].join("\n"),
      });
    });

  it("stops the program with all faults of the stack", () => {
    configure(changed(changed(LEAST, "host", "x"), "backend.replicas", "many"));
    assert.throws(
      () => readSettings({}),
      (error) => {
        assert.ok(pulumi.RunError.isInstance(error));
        const expected = [
          '2 faults in the settings of stack "dev"; nothing was changed',
          '  1. host: must be a Docker host by unix://, ssh:// or tcp://, got "x"; write, for example, "ssh://deploy@example.org"',
          '  2. backend.replicas: must be a whole number from 1 to 4, got "many"; write a number, for example 1',
        ];
        assert.equal(error.message, expected.join("\n"));
        return true;
      },
    );
  });
});
