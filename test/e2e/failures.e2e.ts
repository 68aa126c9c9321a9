// What quickstart says when it cannot do its work, on machines that lack something; and that the next run is not in the
// way of what the last one has left. Does not prove that the work itself is done: test/e2e/core.e2e.ts does.
import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createServer as createListener } from "node:net";
import { hostname, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { aptInstall } from "../../offline/engine.ts";
import { until } from "./support/assertions.ts";
import { freePort, root, TestStack } from "./support/stack.ts";

describe("quickstart", function () {
  this.timeout("3m");

  let folder: string;
  /** Nothing of this machine's own runs is seen or touched. */
  let env: NodeJS.ProcessEnv;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "onehost-e2e-"));
    chmodSync(folder, 0o777);
    env = {
      XDG_CACHE_HOME: `${folder}/cache`,
      XDG_STATE_HOME: `${folder}/state`,
      PULUMI_HOME: `${folder}/pulumi`,
      HOME: folder,
      ONEHOST_OFFLINE: "1",
      PULUMI_BACKEND_URL: undefined,
      PULUMI_CONFIG_PASSPHRASE: undefined,
    };
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const script = join(root, "scripts/run");

  function start(more: NodeJS.ProcessEnv = {}, ...args: string[]) {
    return execa(script, ["quickstart", ...args], {
      env: { ...env, ...more },
      all: true,
      reject: false,
      detached: true,
    });
  }

  async function endOf(run: ReturnType<typeof start>): Promise<{ code: number | undefined; last: string }> {
    const { exitCode, all } = await run;
    return { code: exitCode, last: all.trimEnd().split("\n").at(-1) ?? "" };
  }

  /** Commands that do so, before all others; and no CLI but the one that quickstart would get. */
  function path(commands: Readonly<Record<string, string>>): { PATH: string } {
    const bin = join(folder, "bin");
    mkdirSync(bin, { recursive: true });
    for (const [name, what] of Object.entries(commands)) {
      writeFileSync(join(bin, name), `#!/bin/sh\n${what}\n`);
      chmodSync(join(bin, name), 0o755);
    }
    const others = (process.env["PATH"] ?? "").split(delimiter).filter((one) => !existsSync(join(one, "pulumi")));
    return { PATH: [bin, ...others].join(delimiter) };
  }

  it("says that a port is taken, and by whom, before it changes anything", async () => {
    const stack = new TestStack("e2e-failures");
    const port = await freePort();
    const listener = createListener().listen(port, "127.0.0.1");
    await stack.prepare({ app: { image: "x" }, edge: { publish: `127.0.0.1:${port}` } });
    try {
      const { code, last } = await endOf(start({}, "--stack", stack.name));
      const who = `process ${process.pid} \\(\\S+\\)`;
      assert.match(
        last,
        new RegExp(`^error: edge.publish: port ${port} of 127.0.0.1 is taken by ${who}; stop that, or`),
      );
      assert.equal(code, 1);
      assert.deepEqual(await stack.networks(), []);
    } finally {
      listener.close();
      await stack.dispose();
    }
  });

  it("says that a disk is too full for the toolchain", async () => {
    const cache = join(folder, "cache");
    mkdirSync(cache);
    await execa("mount", ["-t", "tmpfs", "-o", "size=100m", "tmpfs", cache]);
    try {
      const { code, last } = await endOf(start(path({ go: "exit 1" })));
      const remedy = "free some there (for images: docker system prune), then run this again";
      assert.equal(last, `error: ${cache}/onehost has 0.1 GB free and needs 5 GB; ${remedy}`);
      assert.equal(code, 1);
    } finally {
      await execa("umount", [cache]);
    }
  });

  it("says what to do without root and without Docker, before it builds a toolchain", async () => {
    const nobody = "exec setpriv --reuid=65534 --regid=65534 --clear-groups";
    const hidden = `mount -t tmpfs tmpfs /run && ${nobody} ${script} quickstart`;
    const more = { ...env, ...path({ go: "sleep 60" }), DOCKER_HOST: "" };
    const { exitCode, all } = await execa("unshare", ["-m", "sh", "-c", hidden], {
      env: more,
      all: true,
      reject: false,
    });
    const remedy = "run this as root (sudo npm run quickstart), which installs it, or ask somebody who may";
    assert.equal(
      all,
      `error: Docker is not on this machine, and installing it takes root; ${remedy}, then run this again`,
    );
    assert.equal(exitCode, 3);
  });

  it("says that an engine is too old", async () => {
    const old: RequestListener = (_, response) => response.setHeader("Api-Version", "1.40").end("OK");
    const endpoint = `unix://${folder}/docker.sock`;
    const server = createServer(old).listen(`${folder}/docker.sock`);
    try {
      const { code, last } = await endOf(start({ DOCKER_HOST: endpoint }));
      const must = "must run Docker Engine 20.10 or later (API 1.41; it has 1.40)";
      assert.equal(last, `error: DOCKER_HOST: ${must}, got "${endpoint}"; update Docker there`);
      assert.equal(code, 3);
    } finally {
      server.close();
    }
  });

  it("says that apt does not reach its sources", async () => {
    const config = join(folder, "apt.conf");
    const nowhere = "http://127.0.0.1:9";
    mkdirSync(join(folder, "lists/partial"), { recursive: true });
    const lines = ["http", "https"].map((kind) => `Acquire::${kind}::Proxy "${nowhere}";`);
    writeFileSync(config, [...lines, `Dir::State::lists "${folder}/lists";`].join("\n"));
    process.env["APT_CONFIG"] = config;
    try {
      const remedy = "see that this machine reaches its package sources (apt-get update), then run this again";
      await assert.rejects(aptInstall(["hello-traditional"]), {
        message: `apt could not install hello-traditional (Unable to locate package hello-traditional); ${remedy}`,
      });
    } finally {
      delete process.env["APT_CONFIG"];
    }
  });

  it("is alone while it builds a toolchain; interrupted there, it leaves nothing in the next one's way", async () => {
    const builds = join(folder, "cache/onehost/pulumi");
    const first = start(path({ go: "sleep 60" }));
    await until(() => Promise.resolve(existsSync(builds)), 60);
    const second = await endOf(start(path({})));
    const who = `another quickstart \\(process \\d+ on ${hostname()}\\) is getting this machine ready`;
    assert.match(second.last, new RegExp(`^error: ${who}; wait for it to end, then run this again$`));
    assert.equal(second.code, 4);
    process.kill(-(first.pid as number), "SIGINT");
    const { code, last } = await endOf(first);
    assert.deepEqual(
      [code, last],
      [130, "error: interrupted; run the same command again, it goes on from what is done"],
    );
    const [version = ""] = readdirSync(builds);
    assert.deepEqual(readdirSync(join(builds, version)), []);
    const third = await endOf(start(path({ go: "echo broken; exit 1" })));
    assert.deepEqual(third, { code: 1, last: "broken" });
  });

  it("leaves nothing in the next one's way when it is interrupted while it makes an image", async () => {
    const making = join(folder, "making");
    const commands = path({ mmdebstrap: `touch ${making}; sleep 60` });
    const engine = new TestStack("e2e-failures").engine;
    const present = await engine.version();
    const answers: RequestListener = ({ url = "" }, response) => {
      response.setHeader("Api-Version", "1.41");
      if (url.includes("/images/create")) return;
      const answer = url.includes("/version") ? present : url.includes("/info") ? { DockerRootDir: "/none" } : [];
      response.end(url.includes("/_ping") ? "OK" : JSON.stringify(answer));
    };
    const server = createServer(answers).listen(`${folder}/docker.sock`);
    const temporary = join(folder, "tmp");
    mkdirSync(temporary);
    try {
      const more = { ...commands, PATH: `${commands.PATH}${delimiter}${process.env["PATH"]}`, TMPDIR: temporary };
      const run = start({ ...more, ONEHOST_IMAGES: "offline", DOCKER_HOST: `unix://${folder}/docker.sock` });
      await until(() => Promise.resolve(existsSync(making)), 60);
      process.kill(-(run.pid as number), "SIGINT");
      const { exitCode, all } = await run;
      assert.equal(exitCode, 130, all);
      assert.deepEqual(
        readdirSync(temporary).filter((name) => name.startsWith("onehost-base-")),
        [],
      );
      assert.equal(existsSync(join(folder, "state/onehost/quickstart.lock")), false);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
