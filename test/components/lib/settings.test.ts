// Does not prove that the CLI merges and passes the configuration as test/support/config.ts does; test/e2e does.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { parseSettings, readSettings, type Settings } from "../../../components/lib/settings.ts";
import { mib } from "../../../components/lib/size.ts";
import { changed, serialized, stackFile, withDefaults } from "../../support/config.ts";

const ID = { project: "onehost", stack: "dev" };
const BASE = withDefaults({ backend: { build: "./backend" } });
const FULL = withDefaults(stackFile("test/support/Pulumi.full.yaml"));

function settingsOf(raw: unknown, environment = {}): Settings {
  const { settings, faults } = parseSettings(ID, raw, environment);
  assert.deepStrictEqual(faults, []);
  return settings as Settings;
}

describe("parseSettings", () => {
  it("completes a stack that says next to nothing", () =>
    assert.deepStrictEqual(settingsOf(BASE), {
      id: ID,
      host: "unix:///var/run/docker.sock",
      postgres: {
        image: { ref: "postgres:15-alpine" },
        user: "70:70",
        database: "app",
        role: "app",
        memory: mib(512),
        cpus: "1.0",
        stopGrace: { milliseconds: 60_000 },
      },
      redis: {
        image: { ref: "redis:7-alpine" },
        user: "999:1000",
        memory: mib(128),
        cpus: "0.5",
        stopGrace: { milliseconds: 30_000 },
      },
      backend: {
        image: { build: "./backend", args: {} },
        command: [],
        user: "10001:10001",
        port: 8000,
        live: "/live",
        ready: "/health",
        startTimeout: { milliseconds: 60_000 },
        stopGrace: { milliseconds: 30_000 },
        replicas: 1,
        memory: mib(256),
        cpus: "1.0",
        pidsLimit: 200,
        env: {},
        secrets: {},
        secretsAs: "files",
      },
      edge: {
        image: { ref: "caddy:2.11.4-alpine" },
        user: "10081:10081",
        publish: { ip: "127.0.0.1", external: 8080, internal: 8080 },
        apiPrefix: "/api",
        memory: mib(64),
        cpus: "0.5",
      },
    }));

  it("takes every setting of a stack that says everything", () => {
    const { backend, ...rest } = settingsOf(FULL);
    const { secrets, ...plain } = backend;
    assert.deepStrictEqual(Object.keys(secrets), ["API_KEY"]);
    assert.deepStrictEqual(rest, {
      id: ID,
      host: "tcp://10.0.0.2:2376",
      postgres: {
        image: { ref: "registry.example.org/postgres:16" },
        user: "26:26",
        database: "shop",
        role: "clerk",
        memory: mib(1024),
        cpus: "2.0",
        stopGrace: { milliseconds: 120_000 },
      },
      redis: {
        image: { ref: "registry.example.org/redis:8" },
        user: "27:27",
        memory: mib(64),
        cpus: "0.25",
        stopGrace: { milliseconds: 60_000 },
      },
      edge: {
        image: { ref: "registry.example.org/caddy:2.12" },
        user: "29:29",
        publish: { ip: "10.0.0.2", external: 8000, internal: 8080 },
        apiPrefix: "/v1",
        memory: mib(128),
        cpus: "0.75",
      },
    });
    assert.deepStrictEqual(plain, {
      image: {
        build: "examples/sample-app/backend",
        args: {
          PYTHON_IMAGE: "onehost/python:3.11",
          NODE_IMAGE: "onehost/node:20",
          NGINX_IMAGE: "onehost/nginx:1",
          INDEX: "https://pypi.example.org",
        },
      },
      command: ["uvicorn", "app.main:app"],
      user: "28:28",
      port: 9000,
      live: "/alive",
      ready: "/ready",
      startTimeout: { milliseconds: 90_000 },
      stopGrace: { milliseconds: 45_000 },
      replicas: 4,
      memory: mib(128),
      cpus: "1.5",
      pidsLimit: 100,
      env: { LOG_LEVEL: "debug", DEBUG: "false" },
      secretsAs: "environment",
    });
  });

  it("takes a reference instead of a folder", () => {
    const raw = changed(changed(BASE, "backend.build", ""), "backend.image", "registry.example.org/app:1");
    assert.deepStrictEqual(settingsOf(raw).backend.image, { ref: "registry.example.org/app:1" });
  });

  it("lets build arguments of the stack win over the image set's", () => {
    const raw = changed(FULL, "backend.buildArgs", { PYTHON_IMAGE: "mine" });
    const image = settingsOf(raw).backend.image as { args: Record<string, string> };
    assert.equal(image.args["PYTHON_IMAGE"], "mine");
  });

  it("gives the backend its own secrets alone, marked as secret", async () => {
    const { API_KEY, ...others } = settingsOf(FULL).backend.secrets;
    assert.deepStrictEqual(others, {});
    assert.ok(API_KEY && (await pulumi.isSecret(API_KEY)));
    const value = await new Promise((resolve) => API_KEY.apply(resolve));
    assert.equal(value, "secret-of-the-application");
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
    it(`is ${title}`, () => assert.equal(settingsOf(changed(BASE, "host", host), { DOCKER_HOST }).host, expected));
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
      assert.deepStrictEqual(settingsOf(changed(BASE, "images", images), { ONEHOST_IMAGES }).edge.image, { ref }));
});

describe("readSettings", () => {
  const configure = (raw: Record<string, unknown>): void =>
    pulumi.runtime.setAllConfig({ ...serialized(raw), "other:key": "[" });
  before(() =>
    pulumi.runtime.setMocks({ call: () => assert.fail(), newResource: () => assert.fail() }, "onehost", "dev"),
  );

  it("reads the project's own configuration as the CLI passes it", () => {
    configure(BASE);
    assert.deepStrictEqual(readSettings({}), settingsOf(BASE));
  });

  it("stops the program with all faults of the stack", () => {
    configure(changed(changed(BASE, "host", "x"), "backend.replicas", "many"));
    assert.throws(
      () => readSettings({}),
      (error) => {
        assert.ok(pulumi.RunError.isInstance(error));
        const expected = [
          '2 faults in the settings of stack "dev"; nothing was changed',
          '  1. host: must be a Docker host, got "x"; write, for example, "ssh://deploy@example.org"',
          '  2. backend.replicas: must be a whole number from 1 to 4, got "many"; write a number, for example 1',
        ];
        assert.equal(error.message, expected.join("\n"));
        return true;
      },
    );
  });
});
