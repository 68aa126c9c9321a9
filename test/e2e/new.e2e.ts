// New stacks by the real CLI, in a backend of their own. Nothing is made on the Docker host, which is only asked.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { succeeded, until } from "./support/assertions.ts";
import { root, type Run } from "./support/stack.ts";
import { onTerminal } from "./support/terminal.ts";

const STACK = "e2e-new";
const FILE = join(root, `Pulumi.${STACK}.yaml`);
const IMAGE = ["--image", "registry.example.org/app:1"];
const MUST_ANSWER = "must be a Docker host that answers (nothing listens there)";

describe("npm run new", function () {
  this.timeout("1m");

  const backend = process.env["PULUMI_BACKEND_URL"];
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "onehost-e2e-"));
    await mkdir(join(folder, "state"));
    // The terminal's runs have this process's environment.
    process.env["PULUMI_BACKEND_URL"] = `file://${folder}/state`;
    await rm(FILE, { force: true });
  });

  afterEach(async () => {
    await rm(FILE, { force: true });
    await rm(join(folder, "state/.pulumi"), { recursive: true, force: true });
  });

  after(async () => {
    if (backend === undefined) delete process.env["PULUMI_BACKEND_URL"];
    else process.env["PULUMI_BACKEND_URL"] = backend;
    await rm(folder, { recursive: true, force: true });
  });

  const start = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    execa("node", ["--import", "tsx", "scripts/new.ts", STACK, ...args], {
      cwd: root,
      env,
      all: true,
      reject: false,
      stdin: "ignore",
    });

  async function make(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Run> {
    const { exitCode, all } = await start(args, env);
    return { exitCode: exitCode ?? 1, output: all };
  }

  const pulumi = async (...args: string[]): Promise<string> =>
    (await execa("pulumi", [...args, "--stack", STACK, "--non-interactive"], { cwd: root })).stdout;

  /** The stacks that the backend has. */
  async function stacks(): Promise<string[]> {
    const own = join(folder, "state/.pulumi/stacks/onehost");
    const files = existsSync(own) ? await readdir(own) : [];
    return files.filter((file) => file.endsWith(".json")).map((file) => file.replace(/\.json$/, ""));
  }

  const nothingMade = async (): Promise<void> => assert.deepEqual([existsSync(FILE), await stacks()], [false, []]);

  /** A CLI before the real one on PATH, which does something else first when it is to encrypt. */
  async function cliThat(first: string): Promise<NodeJS.ProcessEnv> {
    const { stdout: real } = await execa("which", ["pulumi"]);
    const bin = await mkdtemp(join(folder, "bin-"));
    await writeFile(join(bin, "pulumi"), `#!/bin/sh\ncase "$*" in "config set"*) ${first};; esac\nexec ${real} "$@"\n`);
    await chmod(join(bin, "pulumi"), 0o755);
    return { PATH: `${bin}${delimiter}${process.env["PATH"]}` };
  }

  it("writes the file, with secrets that only the stack can read, and does not overwrite it", async () => {
    const value = " canary = 1\n";
    const secrets = ["--secret", "SESSION_KEY", "--secret-from-env", "API_KEY"];
    const { output } = succeeded(await make([...IMAGE, "--size", "medium", ...secrets], { API_KEY: value }));
    assert.match(output, /^Secrets, encrypted in it: generated: SESSION_KEY; from the environment: API_KEY$/m);
    const next = "Next, look at what will be made, then make it:";
    assert.ok(output.endsWith(`${next}\n  npm run pulumi -- preview -s e2e-new\n  npm run pulumi -- up -s e2e-new`));

    const text = await readFile(FILE, "utf8");
    const generated = await pulumi("config", "get", "--path", "onehost:secrets.SESSION_KEY");
    const { value: all } = JSON.parse(await pulumi("config", "get", "--json", "--path", "onehost:secrets")) as Run & {
      value: string;
    };
    assert.match(generated, /^[\w-]{43}$/);
    assert.deepEqual(JSON.parse(all), { SESSION_KEY: generated, API_KEY: value });
    assert.doesNotMatch(text + output, new RegExp(`canary|${generated}`));
    assert.match(text, /^ {2}# How much: limits that fit a host with 4 GB/m);
    assert.deepEqual(await stacks(), [STACK]);

    const again = await make(IMAGE);
    const refusal = "there is a Pulumi.e2e-new.yaml already; edit it, or choose another name";
    assert.deepEqual(again, { exitCode: 2, output: `error: stack e2e-new: ${refusal}` });
    assert.equal(await readFile(FILE, "utf8"), text);
  });

  it("makes nothing of settings with faults, and numbers them", async () => {
    const { exitCode, output } = await make(["--image", "a b", "--uploads", "uploads"]);
    assert.equal(exitCode, 2);
    assert.match(
      output,
      /^error: 2 faults in the settings of stack "e2e-new"; nothing was changed\n {2}1\. app\.image: /,
    );
    await nothingMade();
  });

  it("makes nothing where the Docker host does not answer", async () => {
    const host = `unix://${folder}/no.sock`;
    const remedy = 'start Docker ("sudo systemctl start docker"), or correct the address';
    assert.deepEqual(await make([...IMAGE, "--host", host]), {
      exitCode: 3,
      output: `error: host: ${MUST_ANSWER}, got "${host}"; ${remedy}`,
    });
    await nothingMade();
  });

  it("leaves a stack alone that the backend has already", async () => {
    await pulumi("stack", "init", "--no-select");
    await rm(FILE);
    const what = "stack e2e-new: is in the backend already, and Pulumi.e2e-new.yaml is not here";
    const remedy = "or remove the stack if it is empty: npm run pulumi -- stack rm e2e-new";
    assert.deepEqual(await make(IMAGE), {
      exitCode: 1,
      output: `error: ${what}; get that file from where it was made, ${remedy}`,
    });
    assert.deepEqual([existsSync(FILE), await stacks()], [false, [STACK]]);
  });

  it("takes the stack back where a secret cannot be encrypted", async () => {
    const { exitCode, output } = await make([...IMAGE, "--secret", "A"], await cliThat("echo no key; exit 5"));
    assert.deepEqual([exitCode, output], [1, "error: pulumi config set failed with exit code 5\nno key"]);
    await nothingMade();
  });

  it("takes it back on Ctrl-C", async () => {
    const mark = join(folder, "encrypting");
    const running = start([...IMAGE, "--secret", "A"], await cliThat(`touch ${mark}; sleep 0.5`));
    await until(() => Promise.resolve(existsSync(mark)), 30);
    running.kill("SIGINT");
    const { exitCode, all } = await running;
    const message = "error: interrupted; run the same command again, it goes on from what is done";
    assert.deepEqual([exitCode, all], [130, message]);
    await nothingMade();
  });

  describe("on a terminal", () => {
    // readline puts the cursor behind a question, which is what follows the colon.
    const typed = (last: string): [RegExp, string][] => [
      [/Docker host, .*: \S*$/, ""],
      [/Domain .*: \S*$/, "Shop"],
      [/edge\.domain: must be a domain name[^]*Domain .*: \S*$/, ""],
      [/Size: .*: \S*$/, "tiny"],
      [/--size: must be small, medium or large[^]*Size: .*: \S*$/, "small"],
      [/Application: .*: \S*$/, "examples/sample-app/backend"],
      [/Frontend: .*: \S*$/, ""],
      [/migrates the database.*: \S*$/, "alembic upgrade head"],
      [/uploaded files.*: \S*$/, ""],
      [/Celery .*: \S*$/, "app.worker"],
      [/beat\? .*: \S*$/, "y"],
      [/Command of a bot.*: \S*$/, ""],
      [/secrets to generate.*: \S*$/, "SESSION_KEY"],
      [/Write this to Pulumi\.e2e-new\.yaml\? .*: \S*$/, last],
    ];

    it("asks for what no flag says, again where an answer has a fault", async () => {
      succeeded(await onTerminal("new", [STACK], typed("y")));
      const text = await readFile(FILE, "utf8");
      assert.match(
        text,
        /^ {2}onehost:app:\n {4}build: examples\/sample-app\/backend\n {4}secrets: \[SESSION_KEY\]\n/m,
      );
      assert.match(text, /^ {2}onehost:migrations:\n {4}command: \[alembic, upgrade, head\]\n/m);
      assert.match(text, /^ {2}onehost:beat:\n {4}app: app\.worker\n/m);
      assert.match(text, /^ {4}SESSION_KEY:\n {6}secure: v1:/m);
    });

    it("makes nothing without a yes", async () => {
      const answers = typed("n").filter(([awaited]) => /host|Write/.test(awaited.source));
      const flags = ["--publish", "127.0.0.1:8090", "--size", "small", ...IMAGE, "--frontend-image", "f:1"];
      const more = [
        "--migrations",
        "m",
        "--uploads",
        "/u",
        "--worker",
        "w",
        "--beat",
        "--bot-command",
        "b",
        "--secret",
        "A",
      ];
      process.env["BOT_TOKEN"] = "token";
      const { exitCode, output } = await onTerminal("new", [STACK, ...flags, ...more], answers);
      delete process.env["BOT_TOKEN"];
      assert.deepEqual([exitCode, output.trim().split("\n").at(-1)], [1, "error: nothing was written"]);
      await nothingMade();
    });

    it("ends on Ctrl-C with nothing made", async () => {
      const { exitCode, output } = await onTerminal("new", [STACK, ...IMAGE], [[/Docker host, .*: \S*$/, "\x03"]]);
      assert.deepEqual([exitCode, output.trim().split("\n").at(-1)], [130, "error: interrupted; nothing was written"]);
      await nothingMade();
    });
  });
});
