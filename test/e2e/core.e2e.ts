// The core story on a real engine with the real CLI. It does not prove that other stacks' settings work.
import assert from "node:assert/strict";
import { LABEL } from "../../components/lib/names.ts";
import { getJson, succeeded } from "./support/assertions.ts";
import { query } from "./support/data.ts";
import { type LoadResult, underLoad } from "./support/load.ts";
import { buildReleases, imageOf, type Release } from "./support/releases.ts";
import { freePort, type Run, TestStack } from "./support/stack.ts";

describe("A stack from the first up to the last down", function () {
  this.timeout("10m");
  this.bail(true);

  const stack = new TestStack("e2e-core");
  let url = "";
  let port = 0;
  let rows = 0;

  const configure = (release: Release): Promise<void> =>
    stack.configure({
      app: { image: imageOf(release) },
      migrations: { command: ["alembic", "upgrade", "head"] },
      backend: { startTimeout: "15s" },
      edge: { publish: `127.0.0.1:${port}` },
    });

  before("builds the releases", async () => {
    port = await freePort();
    url = `http://127.0.0.1:${port}`;
    await stack.prepare({});
    await buildReleases(stack.engine);
  });

  after(() => stack.dispose());

  it("comes up on an empty host and says where it is served", async () => {
    await configure("first");
    const { output } = succeeded(await stack.npmRun("quickstart", "--stack", stack.name));
    assert.equal(output.match(/https?:\/\/\S+/g)?.at(-1), url);
    for (const service of ["postgres", "redis", "backend", "edge"])
      assert.match(output, new RegExp(`^${service} .*MiB`, "m"));
  });

  it("is served through the edge, asks Postgres and Redis, and strips /api", async () => {
    const healthy = { status: "healthy", version: "1.0.0", database: "connected", redis: "connected" };
    assert.deepEqual(await getJson(`${url}/api/health`), healthy);
    assert.deepEqual(await getJson(`${url}/health`), healthy);
  });

  it("shows nothing in a preview, three times", async () => {
    for (let round = 0; round < 3; round++) assert.deepEqual(await stack.changes(), []);
  });

  it("shows nothing by the README's second command either", async () => {
    succeeded(
      await stack.npmRun("pulumi", "preview", "--stack", stack.name, "--expect-no-changes", "--non-interactive"),
    );
  });

  it("changes nothing in a second up", async () => {
    const before = await ids();
    succeeded(await stack.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes"));
    assert.deepEqual(await ids(), before);
  });

  for (const [service, resource] of Object.entries({
    postgres: "postgres",
    redis: "redis",
    backend: "backend-0",
    edge: "edge",
  })) {
    it(`shows a stopped ${service} by name, repairs it, and is silent again`, async () => {
      await (await stack.one(service)).stop();
      const containers = (await stack.changes()).filter(({ properties }) => properties.includes("mustRun"));
      assert.deepEqual([...new Set(containers.map(({ name }) => name))], [resource]);
      succeeded(await stack.up());
      assert.equal((await (await stack.one(service)).inspect()).State.Status, "running");
      assert.equal((await getJson(`${url}/api/health`)).status, "healthy");
      assert.deepEqual(await stack.changes(), []);
    });
  }

  it("releases a good version under load without a failed request", async () => {
    await configure("second");
    const load = await underLoad(url, async () => void succeeded(await stack.up()));
    noneFailed(load);
    assert.equal((await getJson(`${url}/api/health`)).version, "2.0.0");
  });

  for (const [round, release] of (["unhealthy", "unhealthy", "crashing"] as const).entries()) {
    it(`leaves the old version serving when a release is bad (${round + 1}: ${release})`, async () => {
      const serving = await containerOf("2.0.0");
      await configure(release);
      let run: Run | undefined;
      const load = await underLoad(url, async () => void (run = await stack.up()));
      noneFailed(load);
      assert.notEqual(run?.exitCode, 0);
      assert.match(
        run?.output ?? "",
        release === "crashing"
          ? /backend: state .*SAMPLE_FAULT=crash/s
          : /backend: not ready after 15 s: .*SAMPLE_FAULT=health/s,
      );
      assert.equal((await getJson(`${url}/api/health`)).version, "2.0.0");
      assert.equal(await containerOf("2.0.0"), serving);
    });
  }

  it("releases a good version after the bad ones, with nothing stray", async () => {
    await configure("third");
    const load = await underLoad(url, async () => void succeeded(await stack.up()));
    noneFailed(load);
    assert.equal((await getJson(`${url}/api/health`)).version, "3.0.0");
    const services = (await stack.containers()).map(({ Labels, State }) => `${Labels[LABEL.service]} ${State}`);
    assert.deepEqual(services.sort(), ["backend running", "edge running", "postgres running", "redis running"]);
    assert.deepEqual(await stack.changes(), []);
  });

  it("wrote every row of the loads exactly once", async () => {
    assert.ok(rows > 0);
    assert.equal(await query(stack, "select count(*) || ' ' || count(distinct name) from items"), `${rows} ${rows}`);
  });

  it("keeps data and passwords through --down and up again", async () => {
    succeeded(await stack.npmRun("quickstart", "--stack", stack.name, "--down"));
    assert.deepEqual(await stack.containers(), []);
    assert.deepEqual(await stack.networks(), []);
    succeeded(await stack.npmRun("quickstart", "--stack", stack.name));
    assert.equal((await getJson(`${url}/api/health`)).database, "connected");
    assert.equal(await query(stack, "select count(*) from items"), String(rows));
    assert.deepEqual(await stack.changes(), []);
  });

  it("refuses to remove data without being told to", async () => {
    const { exitCode, output } = await stack.npmRun("quickstart", "--stack", stack.name, "--down", "--volumes");
    assert.equal(exitCode, 2);
    assert.match(output, /removing the data of stack e2e-core has to be confirmed; add --yes/);
    assert.equal((await stack.containers()).length, 4);
  });

  it("removes everything with --down --volumes --yes", async () => {
    succeeded(await stack.npmRun("quickstart", "--stack", stack.name, "--down", "--volumes", "--yes"));
    assert.deepEqual([await stack.containers(), await stack.networks(), await stack.volumes()], [[], [], []]);
  });

  function noneFailed(load: LoadResult): void {
    assert.deepEqual(load.failures, []);
    assert.ok(load.sent > 100, `only ${load.sent} requests were sent`);
    rows += load.created.length;
  }

  async function ids(): Promise<string[]> {
    return (await stack.containers()).map(({ Id }) => Id).sort();
  }

  async function containerOf(version: string): Promise<string | undefined> {
    const backends = (await stack.containers()).filter(
      ({ Labels }) => Labels[LABEL.image] === imageOf(version === "2.0.0" ? "second" : "third"),
    );
    return backends[0]?.Id;
  }
});
