// A host reached by ssh alone, with sshd's default limits, and every way in which it can fail to answer. The host shares
// this machine's kernel and has no latency: it does not prove how long things take over the Internet.
import assert from "node:assert/strict";
import { connect, LOCAL_SOCKET } from "../../components/engine/connect.ts";
import { BASE_IMAGES, IMAGES } from "../../components/lib/images.ts";
import { getJson, succeeded } from "./support/assertions.ts";
import { type LoadResult, underLoad } from "./support/load.ts";
import { buildFrontend, FRONTEND, type Release, RELEASES } from "./support/releases.ts";
import { type Run, TestStack } from "./support/stack.ts";
import { Vps } from "./support/vps.ts";

const SERVICES = ["backend", "edge", "frontend", "postgres", "redis"];

describe("A host over ssh", function () {
  this.timeout("10m");
  this.bail(true);

  const machine = connect(process.env["DOCKER_HOST"] ?? LOCAL_SOCKET);
  const images = process.env["ONEHOST_IMAGES"] === "offline" ? "offline" : "official";
  const vps = new Vps(machine);
  const url = `http://${vps.address}`;
  let stack: TestStack;
  let frontend = "";

  const configure = (release: Release): Promise<void> =>
    stack.configure({
      host: vps.endpoint,
      images,
      app: { build: "./examples/sample-app/backend", buildArgs: RELEASES[release] },
      migrations: { command: ["alembic", "upgrade", "head"] },
      backend: { startTimeout: "15s" },
      frontend: { image: frontend, live: "/healthz" },
      edge: { publish: "0.0.0.0:80" },
    });
  const up = (): Promise<Run> => stack.npmRun("pulumi", "up", "--yes", "--skip-preview", "--stack", stack.name);

  before("starts a second host and gives it what it cannot pull", async () => {
    await buildFrontend(machine);
    await vps.start();
    const ready = Object.values(IMAGES.offline).map(({ ref }) => ref);
    const bases = [...ready, BASE_IMAGES.offline["PYTHON_IMAGE"]!];
    await vps.load([FRONTEND, ...(images === "offline" ? bases : [])]);
    frontend = await vps.publish(FRONTEND, "frontend");
    stack = new TestStack("e2e-ssh", { engine: vps.engine, env: { ...vps.client.env, PULUMI_PARALLEL: "4" } });
    await stack.prepare({});
  });

  after("takes the second host away", async () => {
    await stack?.forget();
    await vps.stop();
  });

  it("comes up, built there from a context and pulled from a registry", async () => {
    await configure("first");
    succeeded(await stack.npmRun("pulumi", "stack", "init", stack.name));
    const { output } = succeeded(await up());
    assert.match(output, new RegExp(`url\\s*: "${url}"`));
    assert.deepEqual(await stack.services(), SERVICES);
    const { RepoTags } = await vps.engine.getImage(`onehost-${stack.name}-app-image`).inspect();
    assert.deepEqual(RepoTags, [`onehost-${stack.name}-app-image:latest`]);
    assert.match(frontend, /^127\.0\.0\.1:5000\/frontend@sha256:[0-9a-f]{64}$/);
    assert.deepEqual((await vps.engine.getImage(frontend).inspect()).RepoDigests, [frontend]);
  });

  it("is served at the host's own address", async () => {
    assert.equal((await getJson(`${url}/health`)).status, "healthy");
    assert.match(await (await fetch(url)).text(), /<title>Sample application<\/title>/);
  });

  it("shows nothing in a second preview", async () => {
    succeeded(await stack.npmRun("pulumi", "preview", "--stack", stack.name, "--expect-no-changes"));
  });

  it("shows what somebody changed there, cures it, and is silent again", async () => {
    await vps.run("docker", "stop", `onehost-${stack.name}-redis`);
    await vps.run("docker", "update", "--memory=128m", "--memory-swap=128m", `onehost-${stack.name}-postgres`);
    const changes = (await stack.changes()).filter(({ properties }) => properties.length > 0);
    const seen = Object.fromEntries(changes.map(({ name, properties }) => [name, properties]));
    assert.ok(seen["redis"]?.includes("mustRun"), JSON.stringify(changes));
    assert.ok(seen["postgres"]?.includes("memory"), JSON.stringify(changes));
    succeeded(await up());
    assert.equal((await getJson(`${url}/health`)).status, "healthy");
    assert.deepEqual(await stack.changes(), []);
  });

  it("releases a good version without a failed request", async () => {
    await configure("second");
    noneFailed(await underLoad(url, async () => void succeeded(await up())));
    assert.equal((await getJson(`${url}/api/health`)).version, RELEASES.second.VERSION);
  });

  it("leaves the old version serving when a release is bad", async () => {
    await configure("unhealthy");
    let run: Run | undefined;
    noneFailed(await underLoad(url, async () => void (run = await up())));
    assert.notEqual(run?.exitCode, 0);
    assert.match(run?.output ?? "", /backend: not ready after 15 s: .*SAMPLE_FAULT=health/s);
    assert.equal((await getJson(`${url}/api/health`)).version, RELEASES.second.VERSION);
    await configure("second");
    succeeded(await up());
    assert.deepEqual(await stack.services(), SERVICES);
  });

  it("was never near sshd's default limits", async () => {
    assert.match(await vps.run("/usr/sbin/sshd", "-T"), /^maxsessions 10$.*^maxstartups 10:30:100$/ms);
    assert.doesNotMatch(await vps.shell("cat /var/log/sshd.log"), /MaxStartups|drop connection|no more sessions/i);
  });

  describe("says in one line why it does not answer, what to do, and changes nothing:", () => {
    const DROP = ["INPUT", "-p", "tcp", "--dport", "22", "-j", "DROP"];
    const start = 'start it ("sudo systemctl start docker"), or see why it stopped ("sudo journalctl -u docker")';
    const failures: Record<
      string,
      { make: () => Promise<unknown>; undo: () => Promise<unknown>; cause: string; remedy: string }
    > = {
      "a changed host key": {
        make: async () => vps.client.know({ [vps.address]: await vps.client.otherKey() }),
        undo: async () => vps.client.know({ [vps.address]: await vps.hostKey() }),
        cause: "its ssh host key is not the one in known_hosts",
        remedy:
          `if the host was set up anew, run "ssh-keygen -R ${vps.address}", then "ssh deploy@${vps.address}" once; ` +
          "if not, somebody may be in between",
      },
      "an unknown host key": {
        make: () => vps.client.know({}),
        undo: async () => vps.client.know({ [vps.address]: await vps.hostKey() }),
        cause: "its ssh host key is not in known_hosts",
        remedy: `run "ssh deploy@${vps.address}" once and compare the fingerprint that it shows`,
      },
      "a wrong key": {
        make: () => vps.client.logInWith("other"),
        undo: () => vps.client.logInWith("own"),
        cause: "ssh: Permission denied (publickey,password)",
        remedy: `let your key in by "ssh-copy-id deploy@${vps.address}", or name the right one in ~/.ssh/config`,
      },
      "swallowed packets": {
        make: () => vps.run("iptables", "-I", ...DROP),
        undo: () => vps.run("iptables", "-D", ...DROP),
        cause: `${vps.address} is out of reach: Connection timed out`,
        remedy: "see that it is up and that its firewall lets ssh (port 22) through, or correct the address",
      },
      "no sshd": {
        make: () => vps.stopSshd(),
        undo: () => vps.startSshd(),
        cause: `nothing listens on port 22 of ${vps.address}`,
        remedy: "start sshd there, or correct the address",
      },
      "a user outside the group docker": {
        make: () => vps.run("gpasswd", "--delete", "deploy", "docker"),
        undo: () => vps.run("gpasswd", "--add", "deploy", "docker"),
        cause: "permission denied on Docker's socket there",
        remedy: 'run "sudo usermod -aG docker deploy" there; a shared ssh connection has to be closed for it to count',
      },
      "no docker command": {
        make: () => vps.run("mv", "/usr/bin/docker", "/usr/bin/docker.away"),
        undo: () => vps.run("mv", "/usr/bin/docker.away", "/usr/bin/docker"),
        cause: "there is no docker command there",
        remedy: 'install Docker there, for example by "sudo apt-get install docker.io"',
      },
      "a daemon that hangs": {
        make: () => vps.signalEngine("STOP"),
        undo: () => vps.signalEngine("CONT"),
        cause: "no answer within 7 s, though something listens there",
        remedy: 'restart Docker there ("sudo systemctl restart docker")',
      },
      "an engine that is down": {
        make: () => vps.stopEngine(),
        undo: () => vps.startEngine(),
        cause: "Docker is not running there",
        remedy: start,
      },
    };
    for (const [title, { make, undo, cause, remedy }] of Object.entries(failures))
      it(title, async () => {
        const line = `host: must be a Docker host that answers (${cause}), got "${vps.endpoint}"; ${remedy}`;
        await make();
        try {
          for (const command of ["preview", "up"]) await refuses(line, ["pulumi", command, "--stack", stack.name]);
        } finally {
          await undo();
        }
      });

    it("npm run drift too, and the program where the CLI is called without our scripts", async () => {
      const line = `host: must be a Docker host that answers (its ssh host key is not in known_hosts)`;
      await vps.client.know({});
      try {
        const drift = await stack.npmRun("drift", "--stack", stack.name);
        assert.equal(drift.exitCode, 3);
        assert.deepEqual(
          drift.output
            .split("\n")
            .filter((text) => text.startsWith("error: "))
            .map((text) => text.includes(line)),
          [true],
        );
        const plain = await stack.pulumi("preview", "--refresh=false");
        assert.notEqual(plain.exitCode, 0);
        assert.ok(plain.output.includes(line), plain.output);
      } finally {
        await vps.client.know({ [vps.address]: await vps.hostKey() });
      }
    });
  });

  describe("answers again, and", () => {
    it("serves on, with nothing to do", async () => {
      assert.deepEqual(await stack.changes(), []);
      assert.equal((await getJson(`${url}/health`)).status, "healthy");
    });

    it("removes all but data", async () => {
      succeeded(await stack.npmRun("pulumi", "destroy", "--yes", "--exclude-protected", "--stack", stack.name));
      assert.deepEqual([await stack.containers(), await stack.networks()], [[], []]);
      const kept = ["postgres-data", "redis-data"].map((part) => `onehost-${stack.name}-${part}`);
      assert.deepEqual(await stack.volumes(), kept);
    });
  });

  async function refuses(line: string, [script = "", ...args]: string[]): Promise<void> {
    const [state, startedAt] = [await stack.state(), Date.now()];
    const { exitCode, output } = await stack.npmRun(script, ...args);
    const seconds = (Date.now() - startedAt) / 1000;
    assert.equal(output, `error: ${line}`);
    assert.equal(exitCode, 3);
    assert.ok(seconds < 10, `it took ${seconds} s`);
    assert.equal(await stack.state(), state);
  }

  function noneFailed(load: LoadResult): void {
    assert.deepEqual(load.failures, []);
    assert.ok(load.sent > 100, `only ${load.sent} requests were sent`);
  }
});
