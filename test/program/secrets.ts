// Does not prove what providers, the engine or Docker make of these resources; test/e2e and test/conformance do.
import assert from "node:assert/strict";
import { generated, isSecret, redacted, type Registrations } from "../support/mocks.ts";
import { everyContainer, inEveryStack, nameOf, type Stack, volumeNamed } from "../support/stacks.ts";

/** Who has secrets of their own in a stack. */
const owners = (stack: Stack): string[] => ["app", ...(stack === "full" ? ["bot"] : []), "postgres", "redis"];

describe("data", () => {
  const volumes = (stack: Stack): string[] => [
    "postgres-data",
    "redis-data",
    ...(stack === "least" ? [] : ["uploads"]),
  ];

  /** Issued by somebody who counts how often; a stack without a domain has none. */
  const certificates = (stack: Stack): string[] => (["dev", "least"].includes(stack) ? [] : ["edge-data"]);

  inEveryStack("what must outlive everything is protected, and nothing else", (program, stack) => {
    const protectedNames = program.all.filter(({ protect }) => protect).map(nameOf);
    const expected = [...volumes(stack), ...certificates(stack), "postgres-password"];
    assert.deepStrictEqual(protectedNames.sort(), expected.sort());
  });

  inEveryStack("a volume with data has a fixed name, so that it is found again, and no other has", (program, stack) => {
    const fixed = program.ofType("Volume").filter(({ inputs }) => inputs["name"] !== undefined);
    assert.deepStrictEqual(
      fixed.map(({ name, inputs }) => [name, inputs["name"]]).sort(),
      volumes(stack).map((name) => [name, `onehost-${stack}-${name}`]),
    );
  });

  inEveryStack("backend, worker, beat and jobs of the application share the uploads", (program, stack) => {
    const using = program
      .ofType("Container")
      .filter(({ inputs }) => JSON.stringify(inputs["mounts"]).includes(`"onehost-${stack}-uploads"`))
      .map(({ name }) => name.replace(/-\d$/, ""));
    assert.deepStrictEqual([...new Set(using)].sort(), stack === "least" ? [] : ["backend", "beat", "worker"]);
  });

  inEveryStack("the uploads belong to the application, and are given nothing but that", (program, stack) => {
    if (stack === "least") return;
    const { stdin } = program.find("Command", "uploads-seed").inputs;
    const { owner, entries } = JSON.parse(stdin as string) as { owner: object; entries: object[] };
    const [uid, gid] = (program.find("Container", "backend-0").inputs["user"] as string).split(":").map(Number);
    const path = stack === "full" ? "/srv/uploads" : "/app/uploads";
    assert.deepStrictEqual([owner, entries], [{ uid, gid }, [{ path, mode: 0o700 }]]);
  });
});

describe("secrets", () => {
  const application = ["secret-of-the-application", "secret-of-the-bot", "secret-that-nobody-gets"];
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
    assert.deepStrictEqual(files(program, "app-secrets"), {
      "/run/secrets/database_url": `postgresql://${database}${postgres}@postgres:5432/${name}`,
      "/run/secrets/redis_url": `redis://:${redis}@redis:6379/0`,
      ...(stack === "full" && { "/run/secrets/api_key": application[0] }),
    });
    if (stack === "full")
      assert.deepStrictEqual(files(program, "bot-secrets"), {
        "/run/secrets/redis_url": `redis://:${redis}@redis:6379/0`,
        "/run/secrets/bot_token": application[1],
      });
  });

  inEveryStack("appear nowhere in clear", (program) => {
    for (const resource of program.all) {
      const clear = JSON.stringify(redacted([resource.inputs, program.outputsOf(resource)]));
      const forms = (secret: string): string[] => [secret, Buffer.from(secret).toString("base64").replace(/=+$/, "")];
      for (const text of secrets.flatMap(forms)) assert.ok(!clear.includes(text), `${resource.urn} shows ${text}`);
    }
  });

  inEveryStack("give their hash away to nobody: it would let short ones be guessed", (program, stack) => {
    const versions = program.ofType("RandomId");
    assert.deepStrictEqual(
      versions.map(nameOf).sort(),
      owners(stack).map((name) => `${name}-secrets-version`),
    );
    for (const { inputs, name } of versions)
      assert.equal(JSON.stringify(redacted(inputs["keepers"])), '"[secret]"', name);
  });

  inEveryStack("make a new volume, and fill it, when their content changes", (program, stack) => {
    for (const service of owners(stack)) {
      const volume = program.find("Volume", `${service}-secrets`);
      const version = { label: "onehost.secrets", value: `hex-of-${service}-secrets-version` };
      assert.ok(JSON.stringify(volume.inputs["labels"]).includes(JSON.stringify(version)), service);
      const fill = program.find("Command", `${service}-secrets-fill`);
      const { value } = fill.inputs["stdin"] as { value: string };
      assert.ok(value.includes(`"autonamed-${service}-secrets"`), `${fill.name} does not run for a new volume`);
      assert.deepStrictEqual(fill.inputs["triggers"], []);
    }
  });

  everyContainer("that has secrets has its own, and its user alone may read them", (container, program) => {
    const service = container.name.replace(/-\d$/, "");
    const mounts = container.inputs["mounts"] as { source: string; target: string }[];
    const [mount, ...more] = mounts.filter(({ target }) => target === "/run/secrets");
    if (["frontend", "edge"].includes(service)) return assert.equal(mount, undefined, service);
    assert.deepStrictEqual(more, []);
    const { name } = volumeNamed(program, (mount as { source: string }).source);
    assert.equal(name, `${["postgres", "redis", "bot"].includes(service) ? service : "app"}-secrets`);
    const { stdin } = program.find("Command", `${name}-fill`).inputs as { stdin: { value: string } };
    const request = JSON.parse(stdin.value) as { owner: object; entries: { path: string; mode: number }[] };
    const [uid, gid] = (container.inputs["user"] as string).split(":").map(Number);
    assert.deepStrictEqual(request.owner, { uid, gid });
    for (const { path, mode } of request.entries) assert.equal(mode, path === "/run/secrets" ? 0o500 : 0o400, path);
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
