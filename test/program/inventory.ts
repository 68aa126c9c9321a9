// Does not prove what providers, the engine or Docker make of these resources; test/e2e and test/conformance do.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { parentType, redacted, type Registered, type Registrations, runProgram } from "../support/mocks.ts";
import { configOf, inEveryStack, labelOf, registered } from "../support/stacks.ts";

/** A resource by its kind, name and parent, and all that it was given. */
function inventoryLine(resource: Registered): Record<string, unknown> {
  return {
    type: resource.type,
    name: resource.name,
    parent: parentType(resource.urn),
    ...(resource.protect && { protect: true }),
    ...(resource.deleteBeforeReplace !== undefined && { deleteBeforeReplace: resource.deleteBeforeReplace }),
    inputs: redacted(resource.inputs),
  };
}

function inventory({ all }: Registrations): string {
  const sorted = all.map(inventoryLine).sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  return `${JSON.stringify(sorted, null, 2)}\n`;
}

const sortKey = ({ type, name }: Record<string, unknown>): string => `${String(type)} ${String(name)}`;

describe("inventory", () => {
  for (const stack of ["dev", "staging", "prod"] as const)
    it(`of ${stack} is the recorded one`, async () => {
      const path = `${import.meta.dirname}/../golden/${stack}.json`;
      const actual = inventory(await registered(stack));
      if (process.env["UPDATE_GOLDEN"]) writeFileSync(path, actual);
      assert.deepStrictEqual(JSON.parse(actual), JSON.parse(readFileSync(path, "utf8")));
    });

  it("is the same whatever the machine says of Docker, where the stack names its host and images", async () => {
    const environment = { DOCKER_HOST: "unix:///elsewhere.sock", ONEHOST_IMAGES: "official" };
    const elsewhere = await runProgram({ stack: "full", config: configOf("full"), environment });
    assert.equal(inventory(elsewhere), inventory(await registered("full")));
  });

  it("follows the machine where the stack names neither", async () => {
    const environment = { DOCKER_HOST: "unix:///elsewhere.sock", ONEHOST_IMAGES: "offline" };
    const program = await runProgram({ stack: "dev", config: configOf("dev"), environment });
    assert.equal(program.find("docker", "host").inputs["host"], "unix:///elsewhere.sock");
    assert.equal(program.find("RemoteImage", "postgres-image").inputs["name"], "onehost/postgres:15");
  });

  it("is complete in a first preview, when nothing is known that a provider computes", async () => {
    const preview = await runProgram({ stack: "prod", config: configOf("prod"), preview: true });
    const names = ({ all }: Registrations): string[] => all.map(({ urn }) => urn).sort();
    assert.deepStrictEqual(names(preview), names(await registered("prod")));
  });
});

describe("a stack that does not ask for", () => {
  const namesOf = ({ all }: Registrations): string[] => all.map(({ type, name }) => `${type} ${name}`).sort();

  /** What to take away from the stack that asks for everything, and what is then missing. */
  const services: [string, Record<string, unknown>, number][] = [
    ["migrations", { command: [] }, 2],
    ["frontend", { build: "" }, 12],
    ["worker", { app: "" }, 8],
    ["beat", { app: "" }, 6],
    ["bot", { build: "", command: [] }, 10],
  ];
  for (const [service, nothing, count] of services)
    it(`${service} has none of its resources, and all others`, async () => {
      const full = configOf("full");
      const config = { ...full, [service]: { ...(full[service] as object), ...nothing } };
      const names = namesOf(await runProgram({ stack: "full", config }));
      const all = namesOf(await registered("full"));
      const missing = all.filter((name) => !names.includes(name));
      assert.deepStrictEqual(
        names,
        all.filter((name) => !missing.includes(name)),
      );
      for (const name of missing) assert.match(name, new RegExp(` ${service}(-|$)`));
      assert.equal(missing.length, count, missing.join("\n"));
    });

  it("uploads has no volume for them", async () => {
    const full = configOf("full");
    const program = await runProgram({
      stack: "full",
      config: { ...full, app: { ...(full["app"] as object), uploads: "" } },
    });
    const all = namesOf(await registered("full"));
    assert.deepStrictEqual(
      all.filter((name) => !namesOf(program).includes(name)),
      ["command:local:Command uploads-seed", "docker:index/volume:Volume uploads"],
    );
    assert.doesNotMatch(JSON.stringify(program.ofType("Container").map(({ inputs }) => inputs["mounts"])), /uploads/);
  });

  it("anything has no resource of any optional service", async () => {
    const optional = /\b(migrations|frontend|worker|beat|bot|uploads)\b/;
    assert.deepStrictEqual(
      namesOf(await registered("least")).filter((name) => optional.test(name)),
      [],
    );
  });
});

describe("every resource", () => {
  inEveryStack("has a parent, and only components are at the top", ({ all }) => {
    for (const { urn, custom, type } of all.filter(({ type }) => type !== "pulumi:pulumi:Stack")) {
      assert.match(urn, /\$/, `${urn} has no parent`);
      const isAtTop = parentType(urn) === "pulumi:pulumi:Stack";
      assert.ok(!isAtTop || (!custom && type.startsWith("onehost:index:")), `${urn} is an orphan`);
    }
  });

  inEveryStack("is a component of this project or of a kind that the stack is known to use", ({ all }) => {
    const kinds = new Set(all.filter(({ custom }) => custom).map(({ type }) => type));
    const known = [
      "command:local:Command",
      "docker:index/container:Container",
      "docker:index/image:Image",
      "docker:index/network:Network",
      "docker:index/remoteImage:RemoteImage",
      "docker:index/volume:Volume",
      "pulumi:providers:docker",
      "random:index/randomId:RandomId",
      "random:index/randomPassword:RandomPassword",
    ];
    assert.deepStrictEqual(
      [...kinds].filter((kind) => !known.includes(kind)),
      [],
    );
  });

  inEveryStack("has a name that no other of its kind has", ({ all }) => {
    const names = all.map(({ type, name }) => `${type} ${name}`);
    assert.deepStrictEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
    );
  });

  inEveryStack("of Docker lives on the stack's own host", (program) => {
    const provider = program.find("docker", "host").urn;
    const resources = program.all.filter(({ type }) => type.startsWith("docker:"));
    for (const resource of resources) assert.equal(resource.provider, `${provider}::id-of-host`, resource.urn);
  });

  inEveryStack("that Docker can label carries the stack's labels", (program, stack) => {
    const kinds = ["Container", "Volume", "Network"].flatMap((kind) => program.ofType(kind));
    for (const resource of kinds) {
      assert.equal(labelOf(resource, "onehost.project"), "onehost", resource.urn);
      assert.equal(labelOf(resource, "onehost.stack"), stack, resource.urn);
    }
  });
});

describe("address", () => {
  const local = "http://127.0.0.1:8080";
  const urls = {
    dev: local,
    least: local,
    staging: "https://staging.example.org",
    prod: "https://example.org",
    full: "https://shop.example.org:8443",
  };
  inEveryStack("is the stack's one output", (program, stack) => {
    assert.deepStrictEqual(program.outputsOf(program.find("Stack", `onehost-${stack}`)), { url: urls[stack] });
  });
});
