// Every drift of docs/drift.md on a real engine: shown, cured, silent. It does not prove that nothing else can drift.
import assert from "node:assert/strict";
import { exec } from "../../components/engine/exec.ts";
import { linesOf } from "../../components/lib/audit/report.ts";
import { postgresCheck } from "../../components/lib/postgres-check.ts";
import { succeeded, until } from "./support/assertions.ts";
import { type Drift, MIB, NAME } from "./support/drifts/drift.ts";
import { BOT } from "./support/drifts/inside.ts";
import { ROUNDS } from "./support/drifts/rounds.ts";
import { HostByHand } from "./support/host.ts";
import { buildFrontend, buildReleases, FRONTEND, imageOf } from "./support/releases.ts";
import { freePort, type Run, type StackSettings, TestStack } from "./support/stack.ts";

/** As `npm run drift -- --json` prints it. */
interface Report {
  readonly stack: string;
  readonly inSync: boolean;
  readonly findings: readonly Record<"service" | "property" | "found", string>[];
}

/** What differs from run to run. */
const MASKS: readonly (readonly [RegExp, string])[] = [
  [/-[0-9a-f]{7}\b/g, "-#"],
  [/(sha256:[0-9a-f]{64}|onehost-e2e\/backend:first)/g, "IMAGE"],
  [/Up [^)]*/, "Up SOME"],
  [/127\.0\.0\.1:\d+/, "127.0.0.1:#"],
  [/\d+ failures in a row/, "N failures in a row"],
  // Whether a container that has crashed is healthy again depends on how soon one looks.
  [/(no up cures it: correct the image or its settings|it runs again; its log says what happened)$/, "REMEDY"],
];

/** It ends at once, and Docker starts it again and again. */
const BAD_BOT = ["python", "-c", "import telegram_bot"];

describe("Whatever changes behind the stack's back", function () {
  this.timeout("10m");
  this.bail(true);

  const stack = new TestStack("e2e-drift");
  const host = new HostByHand(stack, imageOf("first"));
  let port = 0;

  const settings = (bot: string[] = BOT): StackSettings => ({
    secrets: { SECRET_KEY: "anything" },
    app: { image: "onehost-e2e/drift:app", uploads: "/app/uploads", secrets: ["SECRET_KEY"] },
    migrations: { command: ["alembic", "upgrade", "head"] },
    backend: { startTimeout: "2m", replicas: 2 },
    frontend: { image: "onehost-e2e/drift:pages", live: "/healthz" },
    worker: { app: "app.worker" },
    beat: { app: "app.worker" },
    bot: { command: bot, secrets: ["SECRET_KEY"] },
    edge: { publish: `127.0.0.1:${port}` },
  });

  before("brings up a stack with every service", async () => {
    port = await freePort();
    await stack.prepare(settings());
    await buildReleases(stack.engine);
    await buildFrontend(stack.engine);
    await stack.engine.getImage(imageOf("first")).tag({ repo: "onehost-e2e/drift", tag: "app" });
    await stack.engine.getImage(FRONTEND).tag({ repo: "onehost-e2e/drift", tag: "pages" });
    succeeded(await stack.pulumi("stack", "select", "--create"));
    succeeded(await stack.up());
    await everyoneHealthy();
  });

  after(() => stack.dispose());

  it("shows nothing, ten times in a row, where nothing has", async () => {
    for (let time = 0; time < 10; time++) assert.deepEqual(await shown(), []);
  });

  for (const [round, drifts] of Object.entries(ROUNDS))
    describe(round, () => {
      let lines: string[] = [];

      before("makes them, and previews", async () => {
        for (const drift of drifts) await drift.make(host);
        if (drifts.some(({ name }) => name === "a process that hangs"))
          await until(async () => (await host.inspect("frontend-0")).State.Health?.Status === "unhealthy", 120);
        lines = await shown();
      });

      for (const { name, shows } of drifts)
        it(`shows: ${name}`, () => {
          const missing = shows.filter((line) => !lines.includes(line));
          assert.deepEqual(missing, [], lines.join("\n"));
        });

      it("says nothing of anything else", () =>
        assert.deepEqual(warningsIn(lines), warningsOf(drifts), lines.join("\n")));

      it("cures them by up, and by people as the preview says; is silent then", async () => {
        for (const { undo } of drifts) await undo?.(host);
        succeeded(await stack.up());
        for (const { cured } of drifts) await cured?.(host);
        await everyoneHealthy();
        assert.deepEqual(await shown(), []);
      });
    });

  describe("npm run drift", () => {
    const drift = (...options: string[]): Promise<Run> => stack.npmRun("drift", "--stack", stack.name, ...options);

    it("ends with 0 where host and stack file agree", async () => {
      const { exitCode, output } = await drift();
      assert.equal(exitCode, 0, output);
      assert.match(output, /^Stack e2e-drift is in sync with its host\.$/m);
    });

    it("ends with 7 where they differ, says what up does about it, and changes nothing", async () => {
      await host.pause("bot");
      await host.update("backend-0", { Memory: 300 * MIB, MemorySwap: 300 * MIB });
      const state = await stack.state();
      const { exitCode, output } = await drift("--explain");
      assert.equal(exitCode, 7, output);
      assert.match(output, /^Stack e2e-drift: 3 differences between host and stack file$/m);
      assert.match(output, /^bot +state +paused +running +changed on the host$/m);
      assert.match(output, /^backend-0 +memory +300 +256 +changed on the host$/m);
      assert.match(output, /^bot, state: up unpauses it\.$/m);
      assert.match(output, /^backend-0, memory: up changes it in place\.$/m);
      assert.equal(await stack.state(), state);
      assert.equal((await host.inspect("bot")).State.Paused, true);
    });

    it("says the same as JSON", async () => {
      const { exitCode, output } = await drift("--json");
      assert.equal(exitCode, 7, output);
      const { stack: name, inSync, findings } = JSON.parse(output.slice(output.indexOf("{"))) as Report;
      assert.deepEqual([name, inSync], ["e2e-drift", false]);
      const found = findings.map(({ service, property, found }) => [service, property, found]);
      assert.deepEqual(found, [
        ["bot", "state", "paused"],
        ["backend-0", "memory", "300"],
        ["backend-0", "memorySwap", "300"],
      ]);
    });

    it("asks with --deep whether the application may write to its volumes", async () => {
      succeeded(await stack.up());
      await host.inVolume(`${NAME}-uploads`, "chown 0:0 /v && chmod 755 /v");
      assert.equal((await drift()).exitCode, 0);
      const { exitCode, output } = await drift("--deep", "--json");
      assert.equal(exitCode, 7, output);
      const { findings } = JSON.parse(output.slice(output.indexOf("{"))) as Report;
      const found = findings.map(({ service, property, found }) => `${service}: ${property}: ${found}`).sort();
      const complaint = "readiness: /app/uploads does not let uid 10001 write";
      assert.deepEqual(
        found,
        ["backend", "backend", "beat", "worker"].map((service) => `${service}: ${complaint}`),
      );
      await host.inVolume(`${NAME}-uploads`, "chown 10001:10001 /v && chmod 700 /v");
      assert.equal((await drift("--deep")).exitCode, 0);
    });
  });

  it("says how often a bot has crashed, how, and its last words", async () => {
    await stack.configure(settings(BAD_BOT));
    assert.notEqual((await stack.up()).exitCode, 0);
    const { warnings } = await stack.preview();
    assert.match(
      warnings.join("\n"),
      /^bot: state: restarted (once|\d+ times) by Docker, exit code 1, last line of its log: ModuleNotFoundError: No module named 'telegram_bot'; no up cures it: correct the image or its settings$/m,
    );
    await stack.configure(settings());
    succeeded(await stack.up());
    assert.deepEqual(await shown(), []);
  });

  it("warns of a disk that is nearly full", async () => {
    const { Config } = await host.inspect("postgres");
    const tmpfs = { HostConfig: { Tmpfs: { "/full": "size=1m" } }, Env: ["PGDATA=/full"], Image: Config.Image };
    const container = await host.start("", tmpfs);
    try {
      await exec(container, ["sh", "-c", "head -c 900000 /dev/zero > /full/zeros"]);
      const { output } = await exec(container, postgresCheck({ role: "app", database: "app" }).command);
      const [disk] = linesOf(output);
      assert.deepEqual(disk?.slice(0, 3), ["disk", "86% full", "at most 85%"]);
    } finally {
      await container.remove({ force: true });
    }
  });

  /** Changes and warnings of a preview, one line each, without what differs from run to run. */
  async function shown(): Promise<string[]> {
    const { changes, warnings } = await stack.preview();
    const lines = changes.map(({ op, name, properties }) =>
      properties.length === 0 ? `${op} ${name}` : `${op} ${name}: ${properties.join(", ")}`,
    );
    return [...lines, ...warnings].map(masked);
  }

  function masked(line: string): string {
    return MASKS.reduce((text, [pattern, mask]) => text.replace(pattern, mask), line);
  }

  const isWarning = (line: string): boolean => /^[a-z-]+: /.test(line);
  const warningsIn = (lines: readonly string[]): string[] => lines.filter(isWarning).sort();
  const warningsOf = (drifts: readonly Drift[]): string[] => warningsIn(drifts.flatMap(({ shows }) => shows));

  async function everyoneHealthy(): Promise<void> {
    for (const container of await stack.all())
      await until(async () => (await container.inspect()).State.Health?.Status === "healthy", 120);
  }
});
