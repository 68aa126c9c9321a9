// A command named ssh that carries bytes to a socket stands for ssh: does not prove that the real one does the same;
// test/e2e/ssh.e2e.ts does.
import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { connect } from "../../../components/engine/connect.ts";
import { faultOfHost } from "../../../components/engine/ping.ts";
import { SSH_OPTIONS, sshCommand } from "../../../components/engine/ssh.ts";
import { type Answers, withEngine } from "../../support/fake-engine.ts";

describe("sshCommand", () => {
  const cases: [string, string[]][] = [
    ["ssh://example.org", [...SSH_OPTIONS, "-T", "--", "example.org"]],
    ["ssh://deploy@example.org", ["-l", "deploy", ...SSH_OPTIONS, "-T", "--", "example.org"]],
    ["ssh://deploy@example.org:2222", ["-l", "deploy", "-p", "2222", ...SSH_OPTIONS, "-T", "--", "example.org"]],
    ["ssh://[fd00::1]:2222", ["-p", "2222", ...SSH_OPTIONS, "-T", "--", "fd00::1"]],
    ["ssh://some%40body@host", ["-l", "some@body", ...SSH_OPTIONS, "-T", "--", "host"]],
  ];
  for (const [url, middle] of cases)
    it(`for ${url} ends with dial-stdio`, () =>
      assert.deepStrictEqual(sshCommand(new URL(url), SSH_OPTIONS), [
        "ssh",
        ...middle,
        "docker",
        "system",
        "dial-stdio",
      ]));

  it("never asks and never waits for long", () =>
    assert.deepStrictEqual(SSH_OPTIONS, ["-o", "BatchMode=yes", "-o", "ConnectTimeout=5"]));

  it("never takes a host for an option", () => {
    const list = sshCommand(new URL("ssh://-oProxyCommand=x"), []);
    assert.ok(list.indexOf("--") < list.indexOf("-oProxyCommand=x"));
  });
});

describe("A connection over ssh", () => {
  const folder = mkdtempSync(`${tmpdir()}/onehost-ssh-`);
  const { PATH } = process.env;
  let hosts = 0;

  before(() => (process.env["PATH"] = `${folder}:${PATH}`));
  after(() => {
    process.env["PATH"] = PATH;
    rmSync(folder, { recursive: true });
  });

  /** Makes `ssh` this shell script, and a host that no test has asked yet. */
  function hostBehind(script: string): string {
    writeFileSync(`${folder}/ssh`, `#!/bin/sh\necho run >> ${folder}/runs\n${script}\n`);
    writeFileSync(`${folder}/runs`, "");
    chmodSync(`${folder}/ssh`, 0o755);
    return `ssh://deploy@test-${hosts++}`;
  }

  const runs = (): number => readFileSync(`${folder}/runs`, "utf8").split("\n").length - 1;

  /** Asks an engine through an ssh that carries bytes to it. */
  function through<T>(answers: Answers, use: (host: string) => Promise<T>): Promise<{ result: T }> {
    return withEngine(answers, async (endpoint) => {
      const pipe = `s=require("net").connect("${endpoint.slice("unix://".length)}"); process.stdin.pipe(s).pipe(process.stdout)`;
      return { result: await use(hostBehind(`exec node -e '${pipe}'`)) };
    });
  }

  it("carries requests and whole answers, and is used again", async () => {
    const archive = Buffer.alloc(3_000_000, "x");
    const { result } = await through([[/^GET \/containers\/a\/archive$/, () => archive]], async (host) => {
      const container = connect(host).getContainer("a");
      const sizes: number[] = [];
      for (let round = 0; round < 2; round++) {
        let size = 0;
        for await (const chunk of await container.getArchive({ path: "/" })) size += chunk.length;
        sizes.push(size);
      }
      return sizes;
    });
    assert.deepStrictEqual([result, runs()], [[3_000_000, 3_000_000], 1]);
  });

  it("is one of four at most, whoever asks", async () => {
    const slow: Answers = [[/^GET \/version$/, () => new Promise((done) => setTimeout(done, 50, {}))]];
    const { result } = await through(slow, (host) =>
      Promise.all(Array.from({ length: 12 }, () => connect(host).version())),
    );
    assert.equal(result.length, 12);
    assert.ok(runs() <= 4, `${runs()} processes`);
  });

  it("ends with all that ssh said", async () => {
    const host = hostBehind("echo one >&2; exec >&-; (sleep 0.3; echo two >&2) & exit 255");
    await assert.rejects(connect(host).ping(), { message: "one\ntwo" });
  });

  it("ends with its exit code where ssh said nothing", async () => {
    const host = hostBehind("exit 3");
    await assert.rejects(connect(host).ping(), { message: "ssh ended with exit code 3" });
  });

  it("is told of in one line", async () => {
    const host = hostBehind("echo 'docker: command not found' >&2; exit 127");
    assert.deepStrictEqual(await faultOfHost(host), {
      key: "host",
      must: "must be a Docker host that answers (there is no docker command there)",
      got: host,
      remedy: 'install Docker there, for example by "sudo apt-get install docker.io"',
    });
  });

  it("is given up when nothing comes back, and its ssh with it", async () => {
    const host = hostBehind(`echo $$ > ${folder}/pid; exec sleep 60`);
    const fault = await faultOfHost(host, "host", 500);
    assert.match(fault?.must ?? "", /no answer within 0.5 s, though something listens there/);
    const pid = Number(readFileSync(`${folder}/pid`, "utf8"));
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
  });
});
