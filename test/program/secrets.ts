// Does not prove what providers, the engine or Docker make of these resources; test/e2e and test/conformance do.
import assert from "node:assert/strict";
import { generated, isSecret, redacted, type Registered, type Registrations } from "../support/mocks.ts";
import { inEveryStack, nameOf } from "../support/stacks.ts";

describe("data", () => {
  inEveryStack("what must outlive everything is protected, and nothing else", (program) => {
    const protectedNames = program.all.filter(({ protect }) => protect).map(nameOf);
    assert.deepStrictEqual(protectedNames.sort(), ["postgres-data", "postgres-password", "redis-data"]);
  });

  inEveryStack("a data volume has a fixed name, so that it is found again", (program, stack) => {
    const names = ["postgres-data", "redis-data"].map((name) => program.find("Volume", name).inputs["name"]);
    assert.deepStrictEqual(names, [`onehost-${stack}-postgres-data`, `onehost-${stack}-redis-data`]);
  });

  inEveryStack("a volume that is filled has no fixed name, so that it is filled again after its removal", (program) => {
    for (const name of ["postgres-secrets", "redis-secrets", "backend-secrets", "edge-config", "edge-data"])
      assert.equal(program.find("Volume", name).inputs["name"], undefined, name);
  });
});

describe("secrets", () => {
  const application = ["secret-of-the-application", "secret-that-nobody-gets"];
  const secrets = [generated("postgres-password"), generated("redis-password"), ...application];

  /** The content of a service's secret files, as the engine gets it. */
  function files(program: Registrations, name: string): Record<string, string> {
    const { stdin } = program.find("Command", `${name}-fill`).inputs;
    assert.ok(isSecret(stdin), `${name}-fill gets its files in clear`);
    const { entries } = JSON.parse(stdin.value as string) as { entries: { path: string; content?: string }[] };
    const contents = entries.filter(({ content }) => content !== undefined);
    return Object.fromEntries(contents.map(({ path, content }) => [path, content as string]));
  }

  inEveryStack("reach the engine marked as secret, in files of their service alone", (program, stack) => {
    const [postgres, redis] = secrets as [string, string];
    const database = stack === "full" ? "clerk:" : "app:";
    const name = stack === "full" ? "shop" : "app";
    assert.deepStrictEqual(files(program, "postgres-secrets"), { "/run/secrets/postgres_password": postgres });
    assert.deepStrictEqual(files(program, "redis-secrets"), {
      "/run/secrets/redis_password": redis,
      "/run/secrets/redis.conf": `requirepass ${redis}\nsave ""\n`,
    });
    assert.deepStrictEqual(files(program, "backend-secrets"), {
      "/run/secrets/database_url": `postgresql://${database}${postgres}@postgres:5432/${name}`,
      "/run/secrets/redis_url": `redis://:${redis}@redis:6379/0`,
      ...(stack === "full" && { "/run/secrets/api_key": application[0] }),
    });
  });

  inEveryStack("appear nowhere in clear", (program) => {
    for (const resource of program.all) {
      const clear = JSON.stringify(redacted([resource.inputs, program.outputsOf(resource)]));
      const forms = (secret: string): string[] => [secret, Buffer.from(secret).toString("base64").replace(/=+$/, "")];
      for (const text of secrets.flatMap(forms)) assert.ok(!clear.includes(text), `${resource.urn} shows ${text}`);
    }
  });

  inEveryStack("give their hash away to nobody: it would let short ones be guessed", (program) => {
    const versions = program.ofType("RandomId");
    assert.deepStrictEqual(
      versions.map(nameOf).sort(),
      ["backend", "postgres", "redis"].map((name) => `${name}-secrets-version`),
    );
    for (const { inputs, name } of versions)
      assert.equal(JSON.stringify(redacted(inputs["keepers"])), '"[secret]"', name);
  });

  inEveryStack("make a new volume, and fill it, when their content changes", (program) => {
    for (const service of ["postgres", "redis", "backend"]) {
      const volume = program.find("Volume", `${service}-secrets`);
      const version = { label: "onehost.secrets", value: `hex-of-${service}-secrets-version` };
      assert.ok(JSON.stringify(volume.inputs["labels"]).includes(JSON.stringify(version)), service);
      const fill = program.find("Command", `${service}-secrets-fill`);
      assert.deepStrictEqual(fill.inputs["triggers"], [`autonamed-${service}-secrets`, version.value]);
    }
  });

  inEveryStack("are readable by their service's user alone", (program) => {
    for (const name of ["postgres", "redis", "backend"]) {
      const { stdin } = program.find("Command", `${name}-secrets-fill`).inputs as { stdin: { value: string } };
      const request = JSON.parse(stdin.value) as { owner: object; entries: { path: string; mode: number }[] };
      const container = program.ofType("Container").find((candidate) => candidate.name.startsWith(name)) as Registered;
      const [uid, gid] = (container.inputs["user"] as string).split(":").map(Number);
      assert.deepStrictEqual(request.owner, { uid, gid });
      for (const { path, mode } of request.entries) assert.equal(mode, path === "/run/secrets" ? 0o500 : 0o400, path);
    }
  });

  inEveryStack("stay out of the state that a fill's own words land in", (program) => {
    for (const fill of program.ofType("Command").filter(({ name }) => name.endsWith("-secrets-fill")))
      assert.deepStrictEqual(fill.secretOutputs, ["stdout", "stderr"], fill.name);
  });

  inEveryStack("are marked in the URLs that services hand to each other", (program) => {
    for (const [type, name] of [
      ["Postgres", "postgres"],
      ["Redis", "redis"],
    ] as const)
      assert.ok(isSecret(program.outputsOf(program.find(type, name))["url"]), name);
  });
});
