// Does not prove that an engine's answers have this form; test/e2e/daily.e2e.ts reads real ones.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "../../components/engine/connect.ts";
import { type ContainerStatus, statusOf, use } from "../../scripts/lib/container-status.ts";
import { expectedServices } from "../../scripts/lib/expected-services.ts";
import { stackConfig } from "../../scripts/lib/stack-config.ts";
import type { StackContainer } from "../../scripts/lib/stack-containers.ts";
import { domainUrl, missing } from "../../scripts/lib/stack-status.ts";
import { ago, complaint, statusText } from "../../scripts/lib/status-text.ts";
import { configOf, CONTAINERS, STACKS } from "../support/stacks.ts";
import { frame, withEngine } from "../support/fake-engine.ts";
import { containerNamed } from "../support/stack-containers.ts";

const MIB = 2 ** 20;

const well: ContainerStatus = {
  service: "backend",
  container: "backend-0",
  state: "running",
  health: "healthy",
  since: "2026-11-21T15:00:00Z",
  restarts: 0,
  image: "app:1",
  memory: { used: 80 * MIB, limit: 256 * MIB },
  cpus: 0.0123,
  serving: true,
  well: true,
};

describe("use", () => {
  const times = (total: number, system: number) => ({
    cpu_usage: { total_usage: total },
    system_cpu_usage: system,
    online_cpus: 4,
  });

  it("counts CPU time between two looks, and memory without what the kernel can drop", () => {
    const memory_stats = { usage: 100, stats: { inactive_file: 30 } };
    const statistics = { memory_stats, cpu_stats: times(300, 2000), precpu_stats: times(100, 1000) };
    assert.deepEqual(use(statistics), { memory: 70, cpus: 0.8 });
  });

  it("knows the other name of it, on hosts with the first version of cgroups", () => {
    const memory_stats = { usage: 100, stats: { total_inactive_file: 40 } };
    assert.equal(use({ memory_stats, cpu_stats: times(0, 0), precpu_stats: times(0, 0) }).memory, 60);
  });

  it("is nothing for a container that does not run", () => {
    const none = { cpu_usage: { total_usage: 0 } };
    assert.deepEqual(use({ memory_stats: {}, cpu_stats: none, precpu_stats: none }), { memory: 0, cpus: 0 });
  });
});

describe("statusOf", () => {
  const none = { cpu_usage: { total_usage: 0 } };

  async function status(
    State: object,
    RestartCount = 0,
    container: StackContainer = containerNamed("backend-0", true),
  ) {
    const inspected = {
      State: { StartedAt: "start", FinishedAt: "end", ...State },
      RestartCount,
      HostConfig: { Memory: 9 },
    };
    const answers = [
      [/\/json$/, () => inspected],
      [/\/stats$/, () => ({ memory_stats: { usage: 7 }, cpu_stats: none, precpu_stats: none })],
      [/\/logs$/, () => frame("last words\n")],
    ] as const;
    return withEngine(answers, async (endpoint) => ({ of: await statusOf(connect(endpoint), container) }));
  }

  it("of one that is well has no reasons", async () => {
    const { of } = await status({ Status: "running", Health: { Status: "healthy" } });
    assert.deepEqual(of, {
      service: "backend",
      container: "backend-0",
      state: "running",
      health: "healthy",
      since: "start",
      restarts: 0,
      image: "backend:1",
      memory: { used: 7, limit: 9 },
      cpus: 0,
      serving: true,
      well: true,
    });
  });

  it("of one that ended says when, with which code, and its last line", async () => {
    const { of } = await status({ Status: "exited", ExitCode: 137, OOMKilled: true }, 0, containerNamed("postgres"));
    assert.deepEqual(of, {
      service: "postgres",
      container: "postgres",
      state: "exited",
      since: "end",
      restarts: 0,
      image: "postgres:1",
      serving: null,
      well: false,
      exitCode: 137,
      outOfMemory: true,
      lastLine: "last words",
    });
  });

  const cases: [string, object, number, boolean][] = [
    ["one without a check that runs", { Status: "running" }, 0, true],
    ["one that has just started", { Status: "running", Health: { Status: "starting" } }, 0, true],
    ["one that starts again and again", { Status: "running", Health: { Status: "starting" } }, 3, false],
    ["one that was restarted and recovered", { Status: "running", Health: { Status: "healthy" } }, 3, true],
    ["an unhealthy one", { Status: "running", Health: { Status: "unhealthy", FailingStreak: 3 } }, 0, false],
    ["one that was paused", { Status: "running", Health: { Status: "unhealthy", FailingStreak: 0 } }, 0, true],
    ["a paused one", { Status: "paused", Health: { Status: "healthy" } }, 0, false],
    ["one that restarts", { Status: "restarting" }, 3, false],
  ];
  for (const [title, state, restarts, isWell] of cases)
    it(`takes ${title} for ${isWell ? "well" : "not well"}`, async () =>
      assert.equal((await status(state, restarts)).of.well, isWell));

  it("does not mind how one is that does not serve", async () =>
    assert.equal((await status({ Status: "exited" }, 0, containerNamed("backend-0", false))).of.well, true));
});

describe("expectedServices", () => {
  for (const stack of STACKS)
    it(`is what the program makes (${stack})`, () => {
      const expected = Object.entries(expectedServices(configOf(stack))).filter(([, count]) => count > 0);
      assert.deepEqual(Object.fromEntries(expected), CONTAINERS[stack]);
    });
});

describe("domainUrl", () => {
  it("is where visitors find the domain, with the port where it is not the usual one", () => {
    assert.equal(domainUrl({ domain: "example.org", publishTls: "0.0.0.0:443" }), "https://example.org");
    assert.equal(domainUrl({ domain: "example.org", publishTls: "0.0.0.0:8443" }), "https://example.org:8443");
  });

  it("is not there without a domain", () =>
    assert.equal(domainUrl({ domain: "", publishTls: "0.0.0.0:443" }), undefined));
});

describe("missing", () => {
  it("is what the settings ask for beyond what serves", () => {
    const present = [containerNamed("postgres"), containerNamed("backend-0", true), containerNamed("backend-1", false)];
    const line = { service: "backend", container: "backend", state: "missing" };
    assert.deepEqual(missing({ postgres: 1, backend: 2, worker: 0 }, present), [
      { ...line, restarts: 0, image: "", serving: null, well: false },
    ]);
  });
});

describe("stackConfig", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "onehost-test-"))));
  after(() => rmSync(folder, { recursive: true }));

  it("is the file's, with the defaults of what it leaves out, and the names of its secrets", () => {
    writeFileSync(
      join(folder, "Pulumi.yaml"),
      "name: shop\nconfig: {pulumi:autonaming: {value: {}}, a.x: {default: 1}, a.y: {default: 2}, b: {default: []}}\n",
    );
    const secrets = "shop:secrets: {KEY: {secure: v1:abc}, PLAIN: open}\n  shop:list: [{secure: v1:def}]";
    writeFileSync(join(folder, "Pulumi.dev.yaml"), `config:\n  shop:a: {x: 9}\n  other:a: {y: 8}\n  ${secrets}\n`);
    assert.deepEqual(stackConfig("dev", folder), {
      a: { x: 9, y: 2 },
      b: [],
      secrets: { KEY: "hidden", PLAIN: "open" },
      list: ["hidden"],
    });
  });
});

describe("statusText", () => {
  const now = Date.parse("2026-11-21T17:03:00Z");
  const gone: ContainerStatus = {
    ...well,
    service: "worker",
    container: "worker-0",
    state: "exited",
    well: false,
    serving: null,
  };
  delete (gone as { health?: string }).health;
  const stack = { stack: "dev", url: "http://127.0.0.1:8080", well: true, containers: [well] };

  it("is a table, and where the stack is served", () =>
    assert.equal(
      statusText(stack, now, false),
      [
        "SERVICE     STATE              SINCE       RESTARTS   IMAGE   MEMORY          CPU     SERVING",
        "backend-0   running, healthy   2 h 3 min   0          app:1   80 of 256 MiB   1.2 %   yes",
        "",
        "Stack dev is well: http://127.0.0.1:8080",
      ].join("\n"),
    ));

  it("says below the table what is wrong", () => {
    const text = statusText(
      { ...stack, url: null, well: false, containers: [well, { ...gone, exitCode: 3 }] },
      now,
      false,
    );
    assert.deepEqual(text.split("\n").slice(-4), ["", "worker-0: exited, exit code 3", "", "Stack dev is not well"]);
  });

  it("paints red what is not well, and grey what does not serve", () => {
    const containers = [well, gone, { ...well, serving: false }];
    const lines = statusText({ ...stack, containers }, now, true).split("\n");
    assert.deepEqual(
      [lines[1], lines[2], lines[3], lines.at(-1)].map((line) =>
        line?.startsWith("\u001b[") ? line.slice(2, 4) : undefined,
      ),
      [undefined, "31", "90", "32"],
    );
  });

  it("says so where memory has no limit", () =>
    assert.match(
      statusText({ ...stack, containers: [{ ...well, memory: { used: MIB, limit: 0 } }] }, now, false),
      / 1 MiB, no limit /,
    ));
});

describe("complaint", () => {
  const gone = { service: "bot", container: "bot", restarts: 0, image: "", serving: null, well: false };

  it("is the state, why, and the last line", () =>
    assert.equal(
      complaint({ ...gone, state: "restarting", exitCode: 137, outOfMemory: true, lastLine: "loading model" }),
      "bot: restarting, exit code 137, killed for want of memory; its last line: loading model",
    ));

  it("names the health where that is what is wrong", () =>
    assert.equal(complaint({ ...gone, state: "running", health: "unhealthy" }), "bot: running, unhealthy"));

  it("says what to do about one that is missing", () =>
    assert.equal(complaint({ ...gone, state: "missing" }), "bot: missing; the stack's file asks for it: run up"));
});

describe("ago", () => {
  const cases: [number, string][] = [
    [0, "0 s"],
    [59_999, "59 s"],
    [60_000, "1 min"],
    [3_661_000, "1 h 1 min"],
    [86_400_000 * 2 + 5000, "2 d"],
    [-5000, "0 s"],
  ];
  for (const [milliseconds, text] of cases)
    it(`of ${milliseconds} ms is ${text}`, () => assert.equal(ago(milliseconds), text));
});
