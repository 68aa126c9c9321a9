// What the CLI itself says before the program runs: the page that lists it must be true of the CLI that is used.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { root } from "./support/stack.ts";

const STACK = "e2e-messages";

const APP = "config:\n  onehost:app:\n";

/** A slip, and the CLI's word for it. */
const SLIPS: readonly {
  readonly said: string;
  readonly file?: string;
  readonly stack?: string;
  readonly env?: object;
}[] = [
  {
    said: "invalid YAML file: yaml: line 3: did not find expected ',' or '}'",
    file: `${APP}   image: x\n  onehost:backend: {memory: 5\n`,
  },
  { said: "invalid YAML file: yaml: line 3: found character that cannot start any token", file: `${APP}\timage: x\n` },
  { said: "validating stack config: bad value", file: "config:\n  onehost:secrets:\n    A: {secure: abc}\n" },
  { said: "no stack named 'nosuch' found", stack: "nosuch" },
  { said: "no stack selected; please use 'pulumi stack select' or 'pulumi stack init' to choose one", stack: "" },
  { said: "get stack secrets manager: incorrect passphrase", env: { PULUMI_CONFIG_PASSPHRASE: "another" } },
  {
    said: "passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
    env: { PULUMI_CONFIG_PASSPHRASE: undefined, PULUMI_CONFIG_PASSPHRASE_FILE: undefined },
  },
];

describe("what the CLI says before the program runs", () => {
  let folder = "";
  let salted = "";

  const pulumi = (args: string[], env: object = {}) =>
    execa("pulumi", [...args, "--non-interactive"], {
      cwd: root,
      env: { PULUMI_BACKEND_URL: `file://${folder}`, PULUMI_CONFIG_PASSPHRASE: "ours", ...env },
      all: true,
      reject: false,
      stdin: "ignore",
    });

  before(async function () {
    this.timeout(60_000);
    folder = await mkdtemp(join(tmpdir(), "onehost-messages-"));
    const file = join(root, `Pulumi.${STACK}.yaml`);
    await rm(file, { force: true });
    const made = await pulumi(["stack", "init", STACK, "--no-select"]);
    assert.equal(made.exitCode, 0, made.all);
    const set = await pulumi(["config", "set", "--secret", "x", "y", "--stack", STACK]);
    assert.equal(set.exitCode, 0, set.all);
    salted = await readFile(file, "utf8");
    await rm(file);
  });

  after(() => rm(folder, { recursive: true, force: true }));

  for (const { said, file, stack = STACK, env } of SLIPS)
    it(said, async function () {
      this.timeout(60_000);
      const settings = join(folder, "settings.yaml");
      await writeFile(settings, file ?? salted);
      const chosen = stack === "" ? [] : ["--stack", stack, "--config-file", settings];
      const home = stack === "" ? { PULUMI_HOME: join(folder, "home") } : {};
      const { exitCode, all } = await pulumi(["preview", ...chosen], { ...home, ...env });
      assert.notEqual(exitCode, 0);
      assert.ok(all.replaceAll("`", "'").includes(said), all);
      const page = await readFile(join(root, "docs/messages.md"), "utf8");
      assert.ok(page.includes(`\`${said}\``), "docs/messages.md does not list it");
    });
});
