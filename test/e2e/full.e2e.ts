// Every service of the mission with the sample application, on a real engine. It does not prove other hosts or settings.
import assert from "node:assert/strict";
import { join } from "node:path";
import { exec } from "../../components/engine/exec.ts";
import { LABEL } from "../../components/lib/names.ts";
import { isAnswering } from "../../scripts/lib/answers.ts";
import { getJson, getList, postJson, succeeded, until } from "./support/assertions.ts";
import { leakingLayers, leaks, readableTexts } from "./support/canary.ts";
import { CAPABILITIES, type Inspected, PROPERTIES, STOP_SIGNALS } from "./support/hardening.ts";
import { addressesOf, connects, documentedMatrix, isPlace, networkOf, OtherMachine } from "./support/network.ts";
import { isDaemonOurs, restartDaemon } from "./support/daemon.ts";
import { passwordOf, query, redis } from "./support/data.ts";
import { ARTIFACTS, installBrowser, onPage } from "./support/page.ts";
import { buildFrontend, buildReleases, FRONTEND, imageOf, type Release } from "./support/releases.ts";
import { freePort, type StackSettings, TestStack } from "./support/stack.ts";

const SERVICES = ["postgres", "redis", "backend", "frontend", "worker", "beat", "bot", "edge"];
const PORTS: Record<string, number> = { edge: 8080, frontend: 8080, backend: 8000, postgres: 5432, redis: 6379 };
const CANARY = "canary-7f3a91c04be2";
const GOOD_BOT = ["python", "-c", "import time; time.sleep(10**6)"];
const BAD_BOT = ["python", "-c", "import telegram_bot"];

describe("The whole stack", function () {
  this.timeout("10m");
  this.bail(true);

  const stack = new TestStack("e2e-full");
  let url = "";

  const settings = (release: Release, bot: string[] = GOOD_BOT): StackSettings => ({
    secrets: { SECRET_KEY: CANARY },
    app: { image: imageOf(release), uploads: "/app/uploads", secrets: ["SECRET_KEY"] },
    migrations: { command: ["alembic", "upgrade", "head"] },
    backend: { startTimeout: "20s", replicas: 2 },
    frontend: { image: FRONTEND, live: "/healthz" },
    worker: { app: "app.worker" },
    beat: { app: "app.worker" },
    bot: { command: bot, secrets: ["SECRET_KEY"] },
    edge: { publish: url.replace("http://", "") },
  });

  before("installs the browser and builds the releases", async () => {
    await installBrowser();
    url = `http://127.0.0.1:${await freePort()}`;
    await stack.prepare({});
    await buildReleases(stack.engine);
    await buildFrontend(stack.engine);
  });

  after(() => stack.dispose());

  it("comes up with every service, and shows nothing in the next preview", async () => {
    await stack.prepare(settings("first"));
    succeeded(await stack.pulumi("stack", "select", "--create"));
    succeeded(await stack.up());
    assert.deepEqual(await stack.services(), [...SERVICES, "backend"].sort());
    assert.deepEqual(await stack.changes(), []);
  });

  describe("is locked down", () => {
    for (const [property, holds] of Object.entries(PROPERTIES))
      it(`every container ${property}`, async () => {
        const inspected = (await Promise.all(
          (await stack.all()).map((container) => container.inspect()),
        )) as unknown as Inspected[];
        assert.deepEqual(
          inspected.filter((container) => !holds(container)).map(({ Name }) => Name),
          [],
        );
      });

    it("stops each service by the signal that it ends gracefully on", async () => {
      for (const service of SERVICES) {
        const { Config } = await (await stack.one(service)).inspect();
        assert.equal((Config as { StopSignal?: string }).StopSignal, STOP_SIGNALS[service], service);
      }
    });

    it("adds back no capability without a reason", async () => {
      for (const service of SERVICES) {
        const { HostConfig } = await (await stack.one(service)).inspect();
        assert.deepEqual(HostConfig.CapAdd ?? [], CAPABILITIES[service] ?? [], service);
      }
    });

    it("publishes the edge alone, and on the address that was asked for", async () => {
      const published = (await stack.containers()).flatMap(({ Labels, Ports }) =>
        Ports.filter(({ PublicPort }) => PublicPort).map(
          ({ IP, PublicPort }) => `${Labels[LABEL.service]} ${IP}:${PublicPort}`,
        ),
      );
      assert.deepEqual(published, [`edge ${url.replace("http://", "")}`]);
    });

    it("gives secrets to the service's own user alone, as files of mode 0400", async () => {
      const { output } = await exec(await stack.one("backend"), ["sh", "-c", "stat -c '%n %a %u' /run/secrets/*"]);
      const expected = ["database_url", "redis_url", "secret_key"].map((name) => `/run/secrets/${name} 400 10001`);
      assert.deepEqual(output.trim().split("\n"), expected);
      assert.equal(
        (await exec(await stack.one("backend"), ["sh", "-c", "echo x > /run/secrets/more"])).exitCode === 0,
        false,
      );
    });

    it("has Postgres with checksums, scram and buffers from its memory limit, Redis with append-only and noeviction", async () => {
      assert.equal(await query(stack, "show data_checksums"), "on");
      assert.equal(await query(stack, "show password_encryption"), "scram-sha-256");
      assert.equal(await query(stack, "show shared_buffers"), "128MB");
      assert.equal(await query(stack, "select distinct auth_method from pg_hba_file_rules"), "scram-sha-256");
      assert.equal(await redis(stack, "config", "get", "maxmemory-policy"), "maxmemory-policy\nnoeviction");
      assert.equal(await redis(stack, "config", "get", "appendonly"), "appendonly\nyes");
    });

    it("becomes healthy by the health check of each service", async () => {
      for (const container of await stack.all())
        await until(async () => (await container.inspect()).State.Health?.Status === "healthy", 60);
    });

    it("uses at most 2 GiB when idle", async () => {
      const used = await Promise.all(
        (await stack.all()).map(async (container) => (await container.stats({ stream: false })).memory_stats.usage),
      );
      const total = used.reduce((sum, bytes) => sum + bytes, 0);
      assert.ok(total < 2 * 2 ** 30, `${Math.round(total / 2 ** 20)} MiB`);
    });
  });

  describe("does its work", () => {
    it("lets services reach each other as docs/networks.md says, and nobody else", async () => {
      const outside = new OtherMachine();
      await outside.start();
      try {
        const matrix = await documentedMatrix(await stack.engine.version());
        assert.deepEqual(await measuredMatrix(matrix), matrix);
      } finally {
        await outside.stop();
      }
    });

    it("keeps every secret out of all that can be read without it", async () => {
      const passwords = await Promise.all(
        [stack.one("postgres"), stack.one("redis")].map(async (container) => passwordOf(await container)),
      );
      const state = succeeded(await stack.pulumi("stack", "export")).output;
      const debugging = (...args: string[]) =>
        stack.execute("env", [
          "ONEHOST_DEBUG=1",
          "pulumi",
          ...args,
          "--debug",
          "--stack",
          stack.name,
          "--non-interactive",
        ]);
      const preview = (await debugging("preview", "--diff")).output;
      const up = succeeded(await debugging("up", "--yes", "--skip-preview")).output;
      // The SDK did say what it says.
      assert.match(preview, /RegisterResource RPC finished: /);
      const texts = { ...(await readableTexts(stack.engine, await stack.all())), state, preview, up };
      assert.deepEqual(leaks(texts, [CANARY, ...passwords]), []);
      assert.deepEqual(await leakingLayers(stack.engine, [imageOf("first"), FRONTEND], [CANARY, ...passwords]), []);
      assert.equal(
        passwords.every((password) => password.length === 32),
        true,
      );
    });

    it("shows a page on which an item, an upload and a task go all the way", async () => {
      await onPage(url, async (page) => {
        await page.getByLabel("Name").fill("from the page");
        await page.getByRole("button", { name: "Add item" }).click();
        await page.getByRole("list", { name: "Items" }).getByText("from the page").waitFor();
        await page
          .getByLabel("File")
          .setInputFiles({ name: "hello.txt", mimeType: "text/plain", buffer: Buffer.from("hello") });
        await page.getByRole("button", { name: "Upload" }).click();
        await page.getByRole("list", { name: "Uploads" }).getByText("hello.txt").waitFor();
        await page.getByRole("button", { name: "Start a task" }).click();
        await page
          .getByRole("list", { name: "Tasks" })
          .getByText(/success.*1 items, 1 uploads/)
          .waitFor({ timeout: 30_000 });
        await page.screenshot({ path: join(ARTIFACTS, "page.png"), fullPage: true });
      });
    });

    it("caches hashed assets for good, the page itself never, and answers every path with the page", async () => {
      const page = await fetch(`${url}/some/path/of/the/page`);
      const asset = /\/assets\/[^"]+\.js/.exec(await page.text())?.[0];
      assert.match(page.headers.get("cache-control") ?? "", /no-cache/);
      assert.match((await fetch(`${url}${asset}`)).headers.get("cache-control") ?? "", /immutable/);
    });

    it("leaves a trace of each tick of the schedule", async () => {
      await until(async () => Number(await query(stack, "select count(*) from ticks")) > 1, 60);
    });

    it("balances requests over both backends", async () => {
      const counts = await requestsSeen(() =>
        Promise.all(Array.from({ length: 20 }, () => getJson(`${url}/api/live?balance`))),
      );
      assert.deepEqual(counts, [10, 10]);
    });

    it("lets an old worker finish its task while a release replaces it", async () => {
      const before = await stack.idsOf("worker");
      const task = await postJson(`${url}/api/tasks`, { seconds: 30 });
      await until(async () => (await getJson(`${url}/api/tasks/${task["id"]}`))["status"] === "STARTED", 30);
      await stack.configure(settings("third"));
      succeeded(await stack.up());
      assert.notDeepEqual(await stack.idsOf("worker"), before);
      const { status, result } = (await getJson(`${url}/api/tasks/${task["id"]}`)) as {
        status?: string;
        result?: unknown;
      };
      assert.deepEqual([status, (result as { version: string }).version], ["SUCCESS", "1.0.0"]);
    });

    it("keeps everything but a bad bot serving the new version, and names the bot with its last words", async () => {
      await stack.configure(settings("second", BAD_BOT));
      const { exitCode, output } = await stack.up();
      assert.notEqual(exitCode, 0);
      assert.match(output, /bot: state .*exit code 1/);
      assert.match(output, /ModuleNotFoundError: No module named 'telegram_bot'/);
      const answers = await Promise.all(Array.from({ length: 8 }, () => getJson(`${url}/api/health`)));
      assert.deepEqual([...new Set(answers.map(({ version }) => version))], ["2.0.0"]);
      assert.deepEqual(await stack.imagesOf("worker", "beat"), [imageOf("second")]);
      await stack.configure(settings("second"));
      succeeded(await stack.up());
    });

    it("touches neither worker, beat nor bot when the backend is bad", async () => {
      const before = await stack.idsOf("worker", "beat", "bot", "frontend", "postgres", "redis", "edge");
      await stack.configure(settings("unhealthy"));
      assert.match((await stack.up()).output, /backend: not ready after 20 s/);
      assert.deepEqual(await stack.idsOf("worker", "beat", "bot", "frontend", "postgres", "redis", "edge"), before);
      assert.equal((await getJson(`${url}/api/health`))["version"], "2.0.0");
    });

    it("refuses a worker image without the application before it can take a task", async () => {
      const before = await stack.idsOf("worker", "beat", "bot");
      await stack.configure({ ...settings("second"), worker: { app: "missing.worker" } });
      assert.match((await stack.up()).output, /worker-proof: exit code 1[\s\S]*No module named 'missing'/);
      assert.deepEqual(await stack.idsOf("worker", "beat", "bot"), before);
      await stack.configure(settings("second"));
      succeeded(await stack.up());
      assert.deepEqual(await stack.services(), [...SERVICES, "backend"].sort());
    });

    it("refuses a Postgres of another major version or family at preview, with the remedy", async () => {
      await stack.configure({ ...settings("second"), postgres: { image: "postgres:16-alpine", user: "70:70" } });
      const { exitCode, output } = await stack.pulumi("preview");
      assert.notEqual(exitCode, 0);
      assert.match(
        output,
        /1\. postgres\.image: must be of major version 15, which made the data, got "postgres:16-alpine"; go back/,
      );
      assert.match(output, /2\. postgres\.user: must have uid \d+, whose image made the data, got "70:70"; go back/);
      await stack.configure(settings("second"));
    });

    it("keeps rows, uploads and queued tasks when every container is removed", async () => {
      const before = await held();
      await (await stack.one("worker")).stop();
      const task = await postJson(`${url}/api/tasks`, { seconds: 1 });
      for (const container of await stack.all()) await container.remove({ force: true });
      succeeded(await stack.up());
      assert.deepEqual(await held(), before);
      await until(async () => (await getJson(`${url}/api/tasks/${task["id"]}`))["status"] === "SUCCESS", 120);
      assert.deepEqual(await stack.changes(), []);
    });

    it("comes back with everything when the Docker daemon was stopped and started, and has nothing to repair", async function () {
      if (!isDaemonOurs()) this.skip();
      const before = await held();
      await restartDaemon(stack.engine);
      await until(() => isAnswering(`${url}/api/health`), 120);
      assert.deepEqual(await held(), before);
      for (let time = 0; time < 3; time++) assert.deepEqual(await stack.preview(), { changes: [], warnings: [] });
    });

    it("lives beside another stack, and outlives it", async () => {
      const other = new TestStack("e2e-other");
      const otherUrl = `http://127.0.0.1:${await freePort()}`;
      try {
        await other.prepare({
          ...settings("third"),
          bot: {},
          beat: {},
          worker: {},
          edge: { publish: otherUrl.replace("http://", "") },
        });
        succeeded(await other.pulumi("stack", "select", "--create"));
        succeeded(await other.up());
        assert.equal((await getJson(`${otherUrl}/api/health`))["version"], "3.0.0");
        assert.equal((await getJson(`${url}/api/health`))["version"], "2.0.0");
        assert.deepEqual(await getList(`${otherUrl}/api/items`), []);
        succeeded(await other.pulumi("destroy", "--yes", "--skip-preview", "--exclude-protected"));
        assert.equal((await getJson(`${url}/api/health`))["version"], "2.0.0");
        assert.deepEqual(await stack.changes(), []);
      } finally {
        await other.dispose();
      }
    });
  });

  async function measuredMatrix(wanted: Record<string, object>): Promise<Record<string, Record<string, boolean>>> {
    const rows = Object.keys(wanted).map(
      async (from) => [from, await measuredRow(from, Object.keys(wanted[from]!))] as const,
    );
    return Object.fromEntries(await Promise.all(rows));
  }

  async function measuredRow(from: string, targets: string[]): Promise<Record<string, boolean>> {
    const place = await networkOf(isPlace(from) ? from : await stack.one(from));
    const cells = targets.map(async (to) => [to, await connects(place, ...(await listening(from, to)))] as const);
    return Object.fromEntries(await Promise.all(cells));
  }

  async function listening(from: string, to: string): Promise<[string[], number]> {
    if (to === "outside") return [[OtherMachine.address], OtherMachine.port];
    const published = to === "edge" ? Number(new URL(url).port) : PORTS[to]!;
    return from === "outside" ? [[OtherMachine.host], published] : [await addressesOf(await stack.one(to)), PORTS[to]!];
  }

  async function requestsSeen(act: () => Promise<unknown>): Promise<number[]> {
    const backends = (await stack.containers()).filter(({ Labels }) => Labels[LABEL.service] === "backend");
    await act();
    const logs = backends.map(async ({ Id }) => {
      const log = (await stack.engine.getContainer(Id).logs({ stdout: true, stderr: true, tail: 500 })).toString();
      return log.split("/live?balance").length - 1;
    });
    return Promise.all(logs);
  }

  async function held(): Promise<unknown> {
    return { items: await getList(`${url}/api/items`), uploads: await getList(`${url}/api/uploads`) };
  }
});
