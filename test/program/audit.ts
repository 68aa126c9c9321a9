// Does not prove what a real engine answers, or that the commands cure anything; test/e2e/drift.e2e.ts does.
import assert from "node:assert/strict";
import { type Answers, withEngine } from "../support/fake-engine.ts";
import { redacted, type Registered, type Registrations, runProgram } from "../support/mocks.ts";
import { configOf, registered } from "../support/stacks.ts";

const ID = "0123456789ab";

/** An engine with a Redis of the stack `least`, in a state. */
function engineWith(state: object): Answers {
  const labels = { "onehost.project": "onehost", "onehost.stack": "least", "onehost.service": "redis" };
  const info = {
    Id: ID,
    Name: "/onehost-least-redis",
    Created: "2026-01-01T00:00:00Z",
    RestartCount: 0,
    State: { Status: "running", Running: true, StartedAt: "2026-01-01T00:00:00Z", ...state },
    Mounts: [],
    Config: { Labels: labels, Image: "redis" },
    HostConfig: { PidsLimit: 50, ReadonlyRootfs: true, Init: true, CapDrop: ["ALL"] },
    NetworkSettings: { Networks: { "onehost-least-data": { Aliases: ["redis", ID] } } },
  };
  return [
    [/^GET \/containers\/json$/, () => [{ Id: ID, Labels: labels }]],
    [new RegExp(`^GET /containers/${ID}/json$`), () => info],
    [/^POST .*\/exec$/, () => ({ Id: "e1" })],
    [/^POST \/exec\/e1\/start$/, () => Buffer.alloc(0)],
    [/^GET \/exec\/e1\/json$/, () => ({ ExitCode: 0 })],
    [/^GET .*\/logs$/, () => Buffer.alloc(0)],
    [/^GET \/events$/, () => Buffer.alloc(0)],
    [/^GET \/volumes$/, () => ({ Volumes: [] })],
    [/^GET \/networks$/, () => []],
    [/^GET \/version$/, () => ({ Version: "20.10.24", ApiVersion: "1.41" })],
    [/^GET \/info$/, () => ({ NCPU: 2, MemTotal: 2 ** 34, SystemTime: "2026-01-02T03:04:05.678Z" })],
  ];
}

/** The stack `least` on an engine, with the audit; its address is masked. */
async function audited(state: object): Promise<Registrations> {
  const config = { ...configOf("least"), audit: true };
  const { program } = await withEngine(engineWith(state), async (host) => ({
    program: await runProgram({ stack: "least", config: { ...config, host } }),
  }));
  return program;
}

/** Registrations without the host's address, in one order. */
function plain({ all }: Registrations): Registered[] {
  const text = JSON.stringify(redacted(all)).replace(/unix:[^"\\]+/g, "HOST");
  return (JSON.parse(text) as Registered[]).sort((a, b) => (a.urn < b.urn ? -1 : 1));
}

describe("the audit", () => {
  it("changes no registration where it finds nothing, as if it were off", async () => {
    assert.deepStrictEqual(plain(await audited({})), plain(await registered("least")));
  });

  it("changes triggers, and whether they count, of the command that cures what it finds; nothing else", async () => {
    const found = plain(await audited({ Paused: true }));
    const gate = found.find(({ name }) => name === "redis-gate");
    const [trigger = "", ...more] = gate?.inputs["triggers"] as string[];
    assert.match(trigger, /^state: paused \(onehost-least-redis, \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\)$/);
    assert.deepStrictEqual([more, gate?.ignoreChanges], [[], []]);
    const undone = found.map((resource) =>
      resource === gate
        ? { ...resource, ignoreChanges: ["triggers"], inputs: { ...resource.inputs, triggers: [] } }
        : resource,
    );
    assert.deepStrictEqual(undone, plain(await registered("least")));
  });

  it("changes no registration for what people have to see to", async () =>
    assert.deepStrictEqual(plain(await audited({ Restarting: true })), plain(await registered("least"))));
});
