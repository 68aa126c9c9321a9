// The commands of daily life on a real engine and a real terminal. It does not prove that they work over ssh.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { until } from "./support/assertions.ts";
import { leaks, readableTexts } from "./support/canary.ts";
import { succeeded } from "./support/assertions.ts";
import { passwordOf, query } from "./support/data.ts";
import { buildReleases, imageOf, type Release } from "./support/releases.ts";
import { freePort, root, type Run, TestStack } from "./support/stack.ts";
import { onTerminal } from "./support/terminal.ts";

/** Lines of a page's shell examples with a word in them. */
function commandsOf(page: string, word: string): string[] {
  const examples = [...page.matchAll(/^```sh\n([^]*?)^```/gm)].flatMap(([, lines = ""]) => lines.split("\n"));
  return examples.filter((line) => line.includes(word));
}

describe("Daily life with a stack", function () {
  this.timeout("5m");
  this.bail(true);

  const stack = new TestStack("e2e-daily");
  let port = 0;

  const configure = (release: Release): Promise<void> =>
    stack.configure({
      app: { image: imageOf(release), secretsAs: "environment" },
      backend: {
        command: ["uvicorn", "app.main:app", "--host", "0.0.0.0", "--port", "8000"],
        replicas: 2,
        startTimeout: "15s",
      },
      edge: { publish: `127.0.0.1:${port}` },
    });

  const daily = (script: string, ...args: string[]): Promise<Run> =>
    stack.npmRun(script, "--stack", stack.name, ...args);

  /** With something to read on stdin, and stdout alone. */
  async function fed(input: string, script: string, ...args: string[]): Promise<[number | undefined, string]> {
    const command = ["run", "--silent", script, "--", "--stack", stack.name, ...args];
    const { exitCode, stdout } = await execa("npm", command, { cwd: root, input, reject: false });
    return [exitCode, stdout];
  }

  /** A line of the README, as it is typed, on this stack. */
  async function shell(line: string, folder: string): Promise<void> {
    const typed = line.replace(" -- ", ` -- --stack ${stack.name} `).replace("dump.sql", join(folder, "dump.sql"));
    await execa("bash", ["-c", typed], { cwd: root });
  }

  before("brings a stack up", async () => {
    port = await freePort();
    await stack.prepare({});
    await buildReleases(stack.engine);
    await configure("first");
    succeeded(await stack.pulumi("stack", "select", "--create"));
    succeeded(await stack.up());
  });

  after(() => stack.dispose());

  describe("npm run status", () => {
    it("says that all is well, and where it is served", async () => {
      const { output } = succeeded(await daily("status"));
      for (const service of ["backend-0", "backend-1", "edge", "postgres", "redis"])
        assert.match(
          output,
          new RegExp(`^${service} +running, \\w+ +[\\d a-z]+ +0 +\\S+ +\\d+ of \\d+ MiB +[\\d.]+ %`, "m"),
        );
      assert.match(output, /^backend-0 .* yes$/m);
      assert.equal(output.trim().split("\n").at(-1), `Stack e2e-daily is well: http://127.0.0.1:${port}`);
    });

    it("says which service is not, with exit code 1", async () => {
      const redis = await stack.one("redis");
      await redis.stop();
      const { exitCode, output } = await daily("status", "--json");
      await redis.start();
      const { well, containers } = JSON.parse(output) as { well: boolean; containers: Record<string, unknown>[] };
      const [one, ...more] = containers.filter((container) => !container["well"]);
      assert.deepEqual([exitCode, well, more], [1, false, []]);
      assert.deepEqual([one?.["service"], one?.["state"], one?.["exitCode"]], ["redis", "exited", 0]);
      assert.match(String(one?.["lastLine"]), /bye bye/);
    });
  });

  describe("npm run logs", () => {
    it("puts the lines of all services into one order", async () => {
      const { output } = succeeded(await daily("logs", "--timestamps", "--tail", "20"));
      const lines = output.trim().split("\n");
      const sources = new Set(lines.map((line) => line.split(" |")[0]?.trim()));
      assert.deepEqual([...sources].sort(), ["backend-0", "backend-1", "edge", "postgres", "redis"]);
      const times = lines.map((line) => line.split("| ")[1]?.split(" ")[0] ?? "");
      assert.deepEqual(times, times.toSorted());
    });

    it("shows one service, as many lines as are asked for, and no colour to a file", async () => {
      const { output } = succeeded(await daily("logs", "-n", "2", "postgres"));
      assert.match(output, /^(postgres \| .*\n?){2}$/);
    });

    it("shows nothing older than it is told", async () =>
      assert.equal(succeeded(await daily("logs", "--since", "0s", "edge")).output, ""));

    it("names the nearest service and those there are, with exit code 2", async () => {
      const { exitCode, output } = await daily("logs", "bakend");
      const message = 'error: bakend: is no service of stack e2e-daily; did you mean "backend"? There are: ';
      assert.deepEqual([exitCode, output.trim()], [2, `${message}backend, edge, postgres, redis`]);
    });

    it("follows, through a restart too, until Ctrl-C, which is no failure", async () => {
      const args = ["--import", "tsx", "scripts/logs.ts", "--stack", stack.name, "--follow", "--tail", "0", "redis"];
      const following = execa("node", args, { cwd: root, all: true, reject: false });
      let output = "";
      following.all.on("data", (chunk: Buffer) => (output += chunk.toString()));
      const redis = await stack.one("redis");
      await until(async () => {
        await redis.restart();
        return output.includes("Ready to accept connections");
      }, 60);
      following.kill("SIGINT");
      assert.equal((await following).exitCode, 0);
      assert.match(output, /^redis \| .*bye bye/m);
    });
  });

  describe("npm run exec", () => {
    it("passes stdin, stdout and the exit code on", async () => {
      assert.deepEqual(await fed("piped\n", "exec", "backend", "--", "sh", "-c", "cat; exit 7"), [7, "piped"]);
      assert.deepEqual(await fed("", "exec", "redis", "true"), [0, ""]);
    });

    it("has the application's secrets in its environment, where the application has", async () => {
      const [, url] = await fed("", "exec", "backend-1", "printenv", "DATABASE_URL");
      assert.match(url, /^postgresql:\/\/app:\w{32}@postgres:5432\/app$/);
    });

    it("opens a shell on a terminal, of its size, and passes its exit code on", async () => {
      const typed: [RegExp, string][] = [
        [/[$#] $/, "stty size"],
        [/33 111[^]*[$#] /, "tty; exit 5"],
      ];
      const { exitCode, output } = await onTerminal("exec", ["--stack", stack.name, "backend"], typed);
      assert.match(output, /\/dev\/pts\/\d/);
      assert.equal(exitCode, 5);
    });

    it("refuses a container that does not run", async () => {
      const redis = await stack.one("redis");
      await redis.pause();
      const { exitCode, output } = await daily("exec", "redis", "true");
      await redis.unpause();
      const message = "error: redis: must be running, is paused; look with: npm run logs -- redis";
      assert.deepEqual([exitCode, output.trim()], [1, message]);
    });
  });

  describe("npm run psql", () => {
    it("runs a statement as the application's role", async () =>
      assert.deepEqual(await fed("", "psql", "-Atc", "select current_user, current_database()"), [0, "app|app"]));

    it("reads statements from stdin, and says with psql's own code that one is wrong", async () => {
      assert.deepEqual(await fed("select 6 * 7;", "psql", "-At"), [0, "42"]);
      assert.deepEqual(await fed("slect;", "psql", "-v", "ON_ERROR_STOP=1"), [3, ""]);
    });

    it("talks on a terminal", async () => {
      const typed: [RegExp, string][] = [
        [/app=# $/, "select 6 * 7;"],
        [/ 42[^]*app=# /, "\\q"],
      ];
      assert.equal((await onTerminal("psql", ["--stack", stack.name], typed)).exitCode, 0);
    });

    it("shows the password to nobody while it runs", async () => {
      const postgres = await stack.one("postgres");
      const asleep = fed("", "psql", "-c", "select pg_sleep(4)");
      await until(async () => JSON.stringify(await postgres.top()).includes("select pg_sleep(4)"), 30);
      const secrets = [await passwordOf(postgres)];
      assert.match(secrets[0] ?? "", /^\w{32}$/);
      assert.deepEqual(leaks(await readableTexts(stack.engine, await stack.all()), secrets), []);
      assert.equal((await asleep)[0], 0);
    });
  });

  it("a dump is put back with the README's two commands", async () => {
    const folder = await mkdtemp(join(tmpdir(), "onehost-dump-"));
    const [dump = "", restore = "", ...more] = commandsOf(await readFile(join(root, "README.md"), "utf8"), "dump.sql");
    assert.deepEqual(more, []);
    await query(stack, "create table kept as select generate_series(1, 3) as n");
    await shell(dump, folder);
    await query(stack, "update kept set n = 9; alter table kept add column more int");
    await shell(restore, folder);
    assert.equal(await query(stack, "select * from kept order by 1"), "1\n2\n3");
    await rm(folder, { recursive: true });
  });

  describe("after a release that did not get through", () => {
    before(async () => {
      await configure("unhealthy");
      assert.notEqual((await stack.up()).exitCode, 0);
    });

    it("status tells what serves from what is left over, and all is well", async () => {
      const { output } = succeeded(await daily("status"));
      assert.match(output, /^onehost-e2e-daily-backend-0-\w{7} \(not serving\) .* no$/m);
      assert.match(output, /^backend-0 .* yes$/m);
    });

    it("logs mark it, and exec takes the one that serves", async () => {
      assert.match(
        succeeded(await daily("logs", "backend")).output,
        /^onehost-e2e-daily-backend-\d-\w{7} \(not serving\) \|/m,
      );
      const { output } = succeeded(await daily("exec", "backend", "printenv", "APP_VERSION"));
      assert.equal(output.trim(), "1.0.0");
    });
  });
});
