// Runs that are cut off at many moments, on a real engine with the real CLI. What serves goes on serving, and the next
// run puts everything in order. It does not prove that every moment is covered.
import assert from "node:assert/strict";
import { LABEL } from "../../components/lib/names.ts";
import { parseExport } from "../../scripts/lib/exported-state.ts";
import { getJson, succeeded } from "./support/assertions.ts";
import {
  type Blow,
  ctrlC,
  ctrlCTwice,
  type EngineEvent,
  interrupted,
  killAll,
  killCli,
  type Moment,
} from "./support/interruption.ts";
import { underLoad } from "./support/load.ts";
import { buildReleases, imageOf, RELEASES } from "./support/releases.ts";
import { freePort, type Run, TestStack } from "./support/stack.ts";

/** Few, because what is proved here is that something serves at all times; that no request is lost, test/e2e/core proves. */
const REQUESTS_PER_SECOND = 20;

describe("An interrupted up", function () {
  this.timeout("5m");
  this.bail(true);

  const stack = new TestStack("e2e-interrupt");
  const prefix = `onehost-${stack.name}`;
  let url = "";
  let port = 0;
  let serving: "first" | "second" = "second";

  const plain = ["pulumi", "up", "--yes", "--skip-preview", "--stack", stack.name, "--non-interactive"];
  const ours = ["npm", "run", "--silent", "pulumi", "--", ...plain.slice(1)];
  const quickstart = ["npm", "run", "--silent", "quickstart", "--", "--stack", stack.name];

  const configure = (release: "first" | "second"): Promise<void> =>
    stack.configure({
      app: { image: imageOf(release) },
      migrations: { command: ["alembic", "upgrade", "head"] },
      beat: { app: "app.worker" },
      edge: { publish: `127.0.0.1:${port}` },
    });

  before("builds the releases", async () => {
    port = await freePort();
    url = `http://127.0.0.1:${port}`;
    await stack.prepare({});
    await buildReleases(stack.engine);
    succeeded(await stack.pulumi("stack", "init"));
    await configure("first");
  });

  after(() => stack.dispose());

  describe("of the first version", () => {
    it("is killed while it makes networks", () => strike(plain, volumeOrNetwork, killAll));

    it("is killed, in the next run, while a volume of secrets is not filled yet", async () => {
      const { output } = await strike(ours, carrier, killCli);
      assert.match(output, /was killed; mending what it left/);
    });

    it("is killed, in the run after that, when Postgres is made and not started", () =>
      strike(quickstart, made("postgres"), killAll));

    it("is whole after the next quickstart, which says what it mended", async () => {
      const { output } = await run(quickstart);
      assert.match(
        output,
        new RegExp(`^Stack ${stack.name}: the run that began at \\S+ .process \\d+. was killed`, "m"),
      );
      assert.match(output, new RegExp(`^Stack ${stack.name}: removed container ${prefix}-postgres, which`, "m"));
      serving = "first";
      await assertWhole();
    });
  });

  interface Case {
    readonly when: string;
    readonly moment: Moment;
    readonly blow: Blow;
    readonly command: readonly string[];
    readonly next: readonly string[];
    /** What the next run says. */
    readonly says: RegExp;
  }

  const wasKilled = /was killed; mending what it left/;
  const removed = (what: string): RegExp => new RegExp(`: removed container ${what}, which the last run made`);
  const backend = `${prefix}-backend-0-[0-9a-f]{7}`;

  const cases: Case[] = [
    {
      when: "killed before it changes anything",
      moment: /refresh|updating/i,
      blow: killAll,
      command: plain,
      next: ours,
      says: wasKilled,
    },
    {
      when: "interrupted once while migrations run",
      moment: started("migrations"),
      blow: ctrlC,
      command: ours,
      next: ours,
      says: removed("\\S+"),
    },
    {
      when: "killed while migrations run",
      moment: started("migrations"),
      blow: killAll,
      command: ours,
      next: ours,
      says: removed("\\S+"),
    },
    {
      when: "interrupted twice when the new backend is made and not started",
      moment: made("backend"),
      blow: ctrlCTwice,
      command: quickstart,
      next: ours,
      says: removed(backend),
    },
    {
      when: "killed when the new backend is made and not started",
      moment: made("backend"),
      blow: killAll,
      command: plain,
      next: ours,
      says: removed(backend),
    },
    {
      when: "killed while the new backend's gate runs",
      moment: gate,
      blow: killAll,
      command: ours,
      next: ours,
      says: wasKilled,
    },
    {
      when: "left by its CLI alone between the gate and the switch",
      moment: switchBegins,
      blow: killCli,
      command: plain,
      next: ours,
      says: wasKilled,
    },
    {
      when: "killed while the switch writes",
      moment: switchWrites,
      blow: killAll,
      command: plain,
      next: quickstart,
      says: wasKilled,
    },
    {
      when: "killed when the new beat is made and not started",
      moment: made("beat"),
      blow: killAll,
      command: ours,
      next: ours,
      says: removed(`${prefix}-beat`),
    },
    {
      when: "killed while the old backend stops",
      moment: oldStops,
      blow: killAll,
      command: plain,
      next: ours,
      says: wasKilled,
    },
  ];

  for (const { when, moment, blow, command, next, says } of cases) {
    describe(`of another version, ${when}`, () => {
      it("leaves the old version serving until the next up has released the new one", async () => {
        const release = serving === "first" ? "second" : "first";
        await configure(release);
        const { failures, sent } = await underLoad(
          url,
          async () => {
            const { exitCode } = await strike(command, moment, blow);
            assert.notEqual(exitCode, 0);
            const { output } = await run(next);
            assert.match(output, says);
          },
          REQUESTS_PER_SECOND,
        );
        assert.deepEqual(failures, []);
        assert.ok(sent > 20, `only ${sent} requests were sent`);
        serving = release;
      });

      it("leaves nothing behind", assertWhole);
    });
  }

  describe("before the stack is taken down", () => {
    it("is mended by that too, which leaves the data alone", async () => {
      await configure(serving === "first" ? "second" : "first");
      await strike(plain, made("backend"), killAll);
      succeeded(await stack.npmRun("quickstart", "--stack", stack.name, "--down"));
      assert.deepEqual([await stack.containers(), await stack.networks()], [[], []]);
      assert.ok((await stack.volumes()).includes(`${prefix}-postgres-data`));
    });
  });

  function strike(command: readonly string[], moment: Moment, blow: Blow): Promise<Run> {
    return interrupted(stack, command, moment, blow);
  }

  async function run([program = "", ...args]: readonly string[]): Promise<Run> {
    return succeeded(await stack.execute(program, args));
  }

  /** All services run the version that is meant, Pulumi knows all that is on the host, and a preview shows nothing. */
  async function assertWhole(): Promise<void> {
    const { status, version } = await getJson(`${url}/api/health`);
    assert.deepEqual({ status, version }, { status: "healthy", version: RELEASES[serving].VERSION });
    const services = (await stack.containers()).map(({ Labels, State }) => `${Labels[LABEL.service]} ${State}`);
    assert.deepEqual(
      services.sort(),
      ["backend", "beat", "edge", "postgres", "redis"].map((name) => `${name} running`),
    );
    assert.deepEqual(await stack.imagesOf("backend", "beat"), [imageOf(serving)]);
    const { output } = succeeded(await stack.pulumi("stack", "export"));
    const { ids, pendingCount } = parseExport(output);
    assert.equal(pendingCount, 0);
    assert.deepEqual(
      (await stack.objectIds()).filter((id) => !ids.has(id)),
      [],
    );
    assert.deepEqual(await stack.changes(), []);
  }

  function isOf({ Type, Actor: { Attributes } }: EngineEvent, service: string | undefined): boolean {
    return Type === "container" && Attributes[LABEL.stack] === stack.name && Attributes[LABEL.service] === service;
  }

  function made(service: string): Moment {
    return (event) => event.Action === "create" && isOf(event, service);
  }

  function started(service: string): Moment {
    return (event) => event.Action === "start" && isOf(event, service);
  }

  function carrier(event: EngineEvent): boolean {
    return event.Action === "create" && isOf(event, undefined);
  }

  function volumeOrNetwork({ Type, Action, Actor }: EngineEvent): boolean {
    return Type === "network" && Action === "create" && (Actor.Attributes["name"] ?? "").startsWith(prefix);
  }

  /** A probe in a container of the version that does not serve; the other one is probed by Docker itself. */
  function gate(event: EngineEvent): boolean {
    const isNew = event.Actor.Attributes[LABEL.image] !== imageOf(serving);
    return event.Action.startsWith("exec_create") && isOf(event, "backend") && isNew;
  }

  function switchBegins(event: EngineEvent): boolean {
    return event.Action.startsWith("exec_create: sh -c for f in") && isOf(event, "edge");
  }

  function switchWrites(event: EngineEvent): boolean {
    return event.Action === "extract-to-dir" && isOf(event, "edge");
  }

  function oldStops(event: EngineEvent): boolean {
    return event.Action === "kill" && isOf(event, "backend");
  }
});
