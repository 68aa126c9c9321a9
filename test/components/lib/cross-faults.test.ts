// Does not prove how the CLI prints these messages; test/e2e does.
import assert from "node:assert/strict";
import fc from "fast-check";
import { RULES } from "../../../components/lib/cross-faults.ts";
import { renderFaults } from "../../../components/lib/fault.ts";
import { salvage } from "../../../components/lib/schema.ts";
import { parseSettings } from "../../../components/lib/settings.ts";
import { changed, declarations, FULL, LEAST } from "../../support/config.ts";

/** The faults of settings, without the line that counts them. */
function faultsOf(raw: Record<string, unknown>, stack = "dev"): string[] {
  return renderFaults(stack, parseSettings({ project: "onehost", stack }, raw, {}).faults)
    .split("\n")
    .slice(1);
}

describe("the fault of several values:", () => {
  const either = (group: string): string =>
    `set either ${group}.image (pulled) or ${group}.build (a folder built on the host)`;

  it("an application that is neither pulled nor built", () =>
    assert.deepStrictEqual(faultsOf(changed(LEAST, "app.image", "")), [
      `  1. app.image: must be given; ${either("app")}`,
    ]));

  for (const group of ["app", "frontend", "bot"])
    it(`a ${group} that is both pulled and built`, () =>
      assert.deepStrictEqual(faultsOf(changed(FULL, `${group}.image`, "app:1")), [
        `  1. ${group}.image: must not be given together with ${group}.build, got "app:1"; ${either(group)}`,
      ]));

  it("an autoscale that names the least before the most", () =>
    assert.deepStrictEqual(faultsOf(changed(FULL, "worker.autoscale", "2,8")), [
      '  1. worker.autoscale: must name the most processes first, got "2,8"; write "8,2"',
    ]));

  for (const key of ["app.secrets", "bot.secrets"])
    it(`${key} that the stack does not have, one by one`, () =>
      assert.deepStrictEqual(faultsOf(changed(FULL, key, ["API_KEY", "TOKEN", "constructor"])), [
        `  1. ${key}: must name secrets of this stack, got "TOKEN"; run: pulumi config set --secret --path 'secrets.TOKEN' <value>`,
        `  2. ${key}: must name secrets of this stack, got "constructor"; run: pulumi config set --secret --path 'secrets.constructor' <value>`,
      ]));

  const generated: [string, string, string][] = [
    ["app.secrets", "DATABASE_URL", "database_url"],
    ["app.secrets", "redis_url", "redis_url"],
    ["app.secrets", "Redis_Url", "redis_url"],
    ["bot.secrets", "REDIS_URL", "redis_url"],
  ];
  for (const [key, name, file] of generated)
    it(`${key} that would replace the generated ${file} as ${name}, whether the stack has it or not`, () => {
      const told = [
        `  1. ${key}: must not name what is generated, got "${name}"; leave it out: /run/secrets/${file} is there already`,
      ];
      assert.deepStrictEqual(faultsOf(changed(FULL, key, [name])), told);
      const has = changed(FULL, `secrets.${name}`, "mine");
      assert.deepStrictEqual(faultsOf(changed(has, key, [name])), told);
    });

  it("no bot.secrets named DATABASE_URL: the bot is given none", () => {
    const has = changed(FULL, "secrets.DATABASE_URL", "mine");
    assert.deepStrictEqual(faultsOf(changed(has, "bot.secrets", ["DATABASE_URL"])), []);
  });

  it("secrets that would share one file", () => {
    const has = changed(FULL, "secrets.Api_Key", "other");
    assert.deepStrictEqual(faultsOf(changed(has, "app.secrets", ["API_KEY", "Api_Key"])), [
      '  1. app.secrets: must name secrets that differ in more than case, got "Api_Key"; "API_KEY" is in /run/secrets/api_key already: leave one of them out',
    ]);
  });

  it("secrets in the environment of the image's own command", () =>
    assert.deepStrictEqual(faultsOf(changed(LEAST, "app.secretsAs", "environment")), [
      '  1. backend.command: must be given when app.secretsAs is "environment"; the entrypoint that exports secrets replaces the image\'s own command: write that command',
    ]));

  it("a bot without a token", () => {
    const told =
      "  1. bot.secrets: must name the token that the bot logs in with; write secrets: [BOT_TOKEN] and run: pulumi config set --secret --path 'secrets.BOT_TOKEN' <value>";
    assert.deepStrictEqual(faultsOf(changed(FULL, "bot.secrets", [])), [told]);
    for (const [key, value] of Object.entries({ "bot.image": "bot:1", "bot.build": "./bot", "bot.command": ["bot"] }))
      assert.deepStrictEqual(faultsOf(changed(LEAST, key, value)), [told], key);
  });

  it("a certificate without a name", () =>
    assert.deepStrictEqual(faultsOf(changed(LEAST, "edge.tls", "internal")), [
      '  1. edge.domain: must be given when edge.tls is "internal"; write the name that the certificate is for, or leave edge.tls out',
    ]));

  for (const name of ["shop.local", "shop.test", "shop.internal", "shop.lan", "shop.home.arpa", "shop.localhost"])
    it(`${name}, which no public authority signs`, () => {
      const raw = changed(LEAST, "edge.domain", name);
      assert.deepStrictEqual(faultsOf(raw), [
        `  1. edge.domain: must be a public name, or no public authority signs its certificate, got "${name}"; write edge.tls: "internal" for a private name`,
      ]);
      assert.deepStrictEqual(faultsOf(changed(raw, "edge.tls", "internal")), []);
    });

  const taken = (key: string, other: string, got: string): string =>
    `${key}: must not be on the port of ${other}, got "${got}"; write another port for one of them`;
  const ports: [string, Record<string, unknown>, string[]][] = [
    [
      "Postgres and Redis",
      { "postgres.publish": "127.0.0.1:5432", "redis.publish": "127.0.0.1:5432" },
      [taken("redis.publish", "postgres.publish", "127.0.0.1:5432")],
    ],
    [
      "Redis and the edge's default",
      { "redis.publish": "127.0.0.1:8080" },
      [taken("edge.publish", "redis.publish", "127.0.0.1:8080")],
    ],
    [
      "an address and all addresses",
      { "postgres.publish": "127.0.0.1:9000", "edge.publish": "0.0.0.0:9000" },
      [taken("edge.publish", "postgres.publish", "0.0.0.0:9000")],
    ],
    [
      "http and https",
      { "edge.domain": "example.org", "edge.publishTls": "10.0.0.2:80" },
      [taken("edge.publishTls", "edge.publish", "10.0.0.2:80")],
    ],
    ["two addresses", { "postgres.publish": "127.0.0.1:9000", "redis.publish": "127.0.0.2:9000" }, []],
    ["https without a domain", { "edge.publish": "0.0.0.0:443" }, []],
  ];
  for (const [title, values, told] of ports)
    it(`one port for ${title}`, () => {
      const raw = Object.entries(values).reduce((all, [key, value]) => changed(all, key, value), LEAST);
      assert.deepStrictEqual(
        faultsOf(raw),
        told.map((text) => `  1. ${text}`),
      );
    });

  const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
  const unpinned = (key: string, got: string): string =>
    `${key}: must be pinned by digest, name@sha256:…, got "${got}"; docker buildx imagetools inspect <image> says its digest; or write pinned: false`;

  it("images of a stack called production that are not pinned", () => {
    const raw = changed(changed(LEAST, "frontend.image", "pages:1"), "app.image", `app:1@${digest}`);
    for (const stack of ["prod", "production"])
      assert.deepStrictEqual(faultsOf(raw, stack), [`  1. ${unpinned("frontend.image", "pages:1")}`]);
    assert.deepStrictEqual(faultsOf(changed(raw, "pinned", false), "prod"), []);
    assert.deepStrictEqual(faultsOf(raw, "dev"), []);
  });

  it("images that are not pinned where the stack says so, but none that is built", () => {
    const raw = changed(changed(changed(FULL, "pinned", "true"), "app.build", ""), "app.image", "app@sha256:12");
    assert.deepStrictEqual(faultsOf(raw), [`  1. ${unpinned("app.image", "app@sha256:12")}`]);
  });

  it("comes together with those of single values, in the order of Pulumi.yaml", () => {
    const values = { "redis.publish": "127.0.0.1:8080", "backend.memory": "64", "bot.command": ["bot"], registry: 1 };
    const raw = Object.entries(values).reduce((all, [key, value]) => changed(all, key, value), LEAST);
    const keys = faultsOf(raw).map((line) => line.trim().split(":")[0]);
    assert.deepStrictEqual(keys, ["1. backend.memory", "2. bot.secrets", "3. edge.publish", "4. registry"]);
  });

  it("is not told where it only follows from the fault of one value", () => {
    const raw = changed(changed(FULL, "app.secrets", ["TOKEN"]), "secrets", "all of them");
    assert.deepStrictEqual(faultsOf(raw), [
      '  1. secrets: must be names with plain values; write, for example, {LOG_LEVEL: "info"}',
    ]);
    assert.deepStrictEqual(faultsOf(changed(LEAST, "app", "x")), [
      '  1. app: must be a group of settings, got "x"; write its keys indented below it',
    ]);
  });
});

describe("every rule", () => {
  it("reads what it says, and nothing else", () => {
    const stacks = [LEAST, FULL].map((stack) => salvage({ ...stack, pinned: true }));
    for (const [{ reads, faults }, stack] of RULES.flatMap((rule) => stacks.map((stack) => [rule, stack] as const))) {
      const seen = new Set<string>();
      faults(watched(stack, seen));
      assert.deepStrictEqual(
        [...seen].filter((key) => !reads.includes(key)),
        [],
      );
    }
  });

  it("never throws, whatever the settings are: there are faults, or a complete stack", () => {
    const anything = fc.oneof(fc.anything(), fc.string(), fc.integer(), fc.constantFrom("", "x:1", [], {}, null));
    const edits = fc.array(fc.tuple(fc.constantFrom(...Object.keys(declarations())), anything), { maxLength: 6 });
    fc.assert(
      fc.property(edits, fc.constantFrom(LEAST, FULL), (made, stack) => {
        const raw = made.reduce((all, [key, value]) => changed(all, key, value), stack);
        const { settings, faults } = parseSettings({ project: "onehost", stack: "prod" }, raw, {});
        assert.equal(settings === undefined, faults.length > 0);
        for (const { key, must, remedy } of faults) assert.ok(key !== "" && must !== "" && remedy !== "undefined");
      }),
      { numRuns: 500 },
    );
  });
});

/** Values of which it is noted which settings are read: `secrets`, `app.image`. */
function watched<T extends object>(values: T, seen: Set<string>, path = ""): T {
  const isGroup = (key: string): boolean => Object.keys(declarations()).some((known) => known.startsWith(`${key}.`));
  return new Proxy(values, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      const key = `${path}${String(name)}`;
      if (isGroup(key)) return watched(value as object, seen, `${key}.`);
      seen.add(key);
      return value;
    },
  });
}
