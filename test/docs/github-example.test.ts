// Does not prove that GitHub answers as the stand-in for `gh` does here, nor that a runner reaches a host.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { validateWorkflow } from "@action-validator/core";
import { parse } from "yaml";
import { root } from "../../scripts/lib/folders.ts";

const example = (file: string): string => join(root, "examples/github", file);

/** A call of a command that is stood in for: its words, and the text that it was given in a file. */
interface Call {
  readonly words: string[];
  readonly body?: string;
}

let folder: string;
/** A folder of its own for each test of a describe. */
function inFolder(): void {
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "onehost-github-"))));
  afterEach(() => rmSync(folder, { recursive: true }));
}

/** Puts a command on PATH that keeps what it was called with, prints `answer` to a call that has a word, and ends so. */
function standIn(name: string, answers: Readonly<Record<string, string>>, code = 0): void {
  const script = `#!${process.execPath}
    const { appendFileSync, readFileSync } = process.getBuiltinModule("node:fs");
    const words = process.argv.slice(2);
    const field = words.find((word) => word.startsWith("body=@"))?.slice(6);
    const file = field ?? words[words.indexOf("--body-file") + 1];
    const body = field !== undefined || words.includes("--body-file") ? readFileSync(file, "utf8") : undefined;
    appendFileSync(${JSON.stringify(join(folder, `${name}.calls`))}, JSON.stringify({ words, body }) + "\\n");
    const answer = Object.entries(${JSON.stringify(answers)}).find(([word]) => words.includes(word));
    process.stdout.write(answer?.[1] ?? "");
    process.exitCode = ${code};`;
  writeFileSync(join(folder, name), script);
  chmodSync(join(folder, name), 0o755);
}

function callsOf(name: string): Call[] {
  const file = join(folder, `${name}.calls`);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line) as Call);
}

function run(
  script: string,
  env: Record<string, string> = {},
): { code: number | null; stdout: string; stderr: string } {
  const PATH = `${folder}:${process.env["PATH"]}`;
  const environment = { STACK: "prod", GITHUB_REPOSITORY: "team/shop", PULL_REQUEST: "7", HOME: folder, PATH, ...env };
  const { status, stdout, stderr } = spawnSync(example(script), { env: environment, encoding: "utf8" });
  return { code: status, stdout, stderr };
}

describe("workflows for GitHub", () => {
  for (const file of ["deploy.yml", "drift.yml"]) {
    const text = readFileSync(example(file), "utf8");

    it(`${file} is one that GitHub understands`, () => assert.deepEqual(validateWorkflow(text).errors, []));

    it(`${file} calls scripts that are there and may be run`, () => {
      const scripts = text.match(/examples\/github\/\S+\.sh/g) ?? [];
      assert.ok(scripts.length >= 2);
      for (const script of scripts) assert.equal(spawnSync("test", ["-x", join(root, script)]).status, 0, script);
    });

    it(`${file} shows a secret to a single step, and uses no action but GitHub's own`, () => {
      const { env, jobs } = parse(text) as Workflow;
      assert.doesNotMatch(JSON.stringify([env, ...Object.values(jobs).map((job) => job.env)]), /secrets\./);
      const uses = Object.values(jobs).flatMap(({ steps }) => steps.map((step) => step.uses ?? ""));
      for (const action of uses.filter(Boolean)) assert.match(action, /^actions\/[\w-]+@v\d+$/);
    });
  }

  it("are held to this by GitHub's own schema", () => {
    const [fault] = validateWorkflow("on: push\njobs: {a: {runs-on: ubuntu-24.04, step: []}}").errors;
    assert.equal((fault as { path: string }).path, "/jobs/a");
  });

  it("change a stack one at a time, and never cut a release short", () => {
    const [deploy, drift] = ["deploy.yml", "drift.yml"].map(
      (file) => parse(readFileSync(example(file), "utf8")) as Workflow,
    );
    const alone = { group: "stack-prod", "cancel-in-progress": false };
    assert.deepEqual([deploy?.jobs["up"]?.concurrency, drift?.jobs["drift"]?.concurrency], [alone, alone]);
  });

  it("run nothing of a fork's with secrets", () => {
    const { jobs } = parse(readFileSync(example("deploy.yml"), "utf8")) as Workflow;
    assert.match(jobs["preview"]?.if ?? "", /head\.repo\.full_name == github\.repository/);
  });

  interface Workflow {
    readonly env: object;
    readonly jobs: Record<string, { if?: string; env?: object; concurrency: unknown; steps: { uses?: string }[] }>;
  }
});

describe("preview.sh", () => {
  inFolder();

  const comments = "repos/team/shop/issues/7/comments";

  it("previews the stack and adds a comment where there is none", () => {
    standIn("npm", { run: "  ~ backend-0: ~envs\n```\n" });
    standIn("gh", {});
    assert.equal(run("preview.sh").code, 0);
    const preview = ["run", "--silent", "pulumi", "--", "preview", "--stack", "prod"];
    const options = ["--diff", "--non-interactive", "--suppress-progress", "--color", "never"];
    assert.deepEqual(callsOf("npm"), [{ words: [...preview, ...options] }]);
    const [asked, posted] = callsOf("gh");
    const query = '.[] | select(.body | startswith("<!-- onehost preview of prod -->")) | .id';
    assert.deepEqual(asked?.words, ["api", "--paginate", comments, "--jq", query]);
    assert.deepEqual(posted?.words.slice(0, 6), ["api", "--silent", "--method", "POST", comments, "--field"]);
    assert.equal(
      posted?.body,
      [
        "<!-- onehost preview of prod -->",
        "### Preview of stack `prod`",
        "",
        "~~~~~~~~~~diff",
        "  ~ backend-0: ~envs",
        "```",
        "",
        "~~~~~~~~~~",
        "",
      ].join("\n"),
    );
  });

  it("writes the comment anew where there is one", () => {
    standIn("npm", {});
    standIn("gh", { "--paginate": "41\n42\n" });
    assert.equal(run("preview.sh").code, 0);
    const [, patched, ...more] = callsOf("gh");
    const words = ["api", "--silent", "--method", "PATCH", "repos/team/shop/issues/comments/41", "--field"];
    assert.deepEqual([patched?.words.slice(0, 6), more], [words, []]);
  });

  it("says that a preview failed, and fails as it did", () => {
    standIn("npm", { run: "1 fault in the settings" }, 255);
    standIn("gh", {});
    assert.equal(run("preview.sh").code, 255);
    assert.match(
      callsOf("gh")[1]?.body ?? "",
      /### Preview of stack `prod` \*\*failed\*\*\n[^]*1 fault in the settings/,
    );
  });

  it("keeps the end of a preview that is longer than a comment may be", () => {
    standIn("npm", { run: `first\n${"ä".repeat(40_000)}\nlast` });
    standIn("gh", {});
    assert.equal(run("preview.sh").code, 0);
    const body = callsOf("gh")[1]?.body ?? "";
    assert.match(body, /~diff\n… the beginning is left out, see the job's log\nä/);
    assert.match(body, /ä\nlast\n~/);
    assert.ok(body.length < 65_536);
  });

  it("fails where GitHub refuses", () => {
    standIn("npm", {});
    standIn("gh", {}, 1);
    assert.equal(run("preview.sh").code, 1);
  });
});

describe("drift.sh", () => {
  inFolder();

  const findings = [
    { service: "redis", property: "memory", found: 64, wanted: 128 },
    { service: "backend", property: "paused", detail: "by @somebody | <b>" },
  ];
  const drifted = JSON.stringify({ stack: "prod", findings });
  const label = "drift: prod";
  const list = ["issue", "list", "--state", "open", "--label", label, "--json", "number"];
  const query = ["--jq", ".[0].number // empty"];
  const body = [
    "The host of stack `prod` differs from what is declared, in 2 places.",
    "",
    "| service | property | found | wanted | detail |",
    "| --- | --- | --- | --- | --- |",
    "| redis | memory | 64 | 128 |  |",
    "| backend | paused |  |  | by &#64;somebody &#124; &#60;b&#62; |",
    "",
    "`npm run pulumi -- preview --stack prod` shows what `up` would repair. This issue closes by itself once the host is in sync again.",
    "",
  ].join("\n");

  it("opens an issue with what has drifted", () => {
    standIn("npm", { run: drifted }, 7);
    standIn("gh", {});
    assert.equal(run("drift.sh").code, 0);
    assert.deepEqual(callsOf("npm")[0]?.words, ["run", "--silent", "drift", "--", "--stack", "prod", "--json"]);
    const [asked, labelled, opened, ...more] = callsOf("gh");
    assert.deepEqual([asked?.words, more], [[...list, ...query], []]);
    assert.deepEqual(labelled?.words.slice(0, 4), ["label", "create", label, "--force"]);
    const words = ["issue", "create", "--title", "Stack prod has drifted", "--label", label, "--body-file"];
    assert.deepEqual([opened?.words.slice(0, 7), opened?.body], [words, body]);
  });

  it("writes the open issue anew, and opens no second", () => {
    standIn("npm", { run: drifted }, 7);
    standIn("gh", { list: "12\n" });
    assert.equal(run("drift.sh").code, 0);
    const [, edited, ...more] = callsOf("gh");
    assert.deepEqual(
      [edited?.words.slice(0, 4), edited?.body, more],
      [["issue", "edit", "12", "--body-file"], body, []],
    );
  });

  it("closes the issue once the host is in sync again", () => {
    standIn("npm", { run: JSON.stringify({ stack: "prod", findings: [] }) });
    standIn("gh", { list: "12\n" });
    assert.equal(run("drift.sh").code, 0);
    const [, closed, ...more] = callsOf("gh");
    assert.deepEqual([closed?.words, more], [["issue", "close", "12", "--comment", "In sync again."], []]);
  });

  it("leaves everything alone while the host is in sync", () => {
    standIn("npm", { run: "{}" });
    standIn("gh", {});
    assert.equal(run("drift.sh").code, 0);
    assert.equal(callsOf("gh").length, 1);
  });

  it("neither opens nor closes one where nobody could tell, and fails as the asking did", () => {
    standIn("npm", {}, 3);
    standIn("gh", { list: "12\n" });
    const { code, stderr } = run("drift.sh");
    assert.deepEqual([code, stderr], [3, "error: npm run drift ended with exit code 3; the issue is left as it is\n"]);
    assert.deepEqual(callsOf("gh"), []);
  });
});

describe("ssh.sh", () => {
  inFolder();

  const given = { SSH_KEY: "the key\r\nof the host", SSH_KNOWN_HOSTS: "vps ssh-ed25519 AAAA" };

  it("gives an agent the key, over stdin alone, and tells the next steps of it", () => {
    standIn("ssh-add", {});
    const GITHUB_ENV = join(folder, "env");
    writeFileSync(
      join(folder, "ssh-agent"),
      '#!/bin/sh\necho "SSH_AUTH_SOCK=/tmp/agent.1; export SSH_AUTH_SOCK; echo Agent pid 1;"\n',
    );
    chmodSync(join(folder, "ssh-agent"), 0o755);
    writeFileSync(join(folder, "ssh-add"), `#!/bin/sh\necho "$@" >${folder}/words\ncat >${folder}/key\n`);
    assert.deepEqual(run("ssh.sh", { ...given, GITHUB_ENV }), { code: 0, stdout: "", stderr: "" });
    const read = (file: string): string => readFileSync(join(folder, file), "utf8");
    assert.deepEqual(
      [read("env"), read("words"), read("key"), read(".ssh/known_hosts")],
      ["SSH_AUTH_SOCK=/tmp/agent.1\n", "-q -\n", "the key\nof the host\n", "vps ssh-ed25519 AAAA\n"],
    );
  });

  for (const name of ["SSH_KEY", "SSH_KNOWN_HOSTS"])
    it(`refuses to go on without ${name}`, () => {
      const { code, stderr } = run("ssh.sh", { ...given, [name]: "" });
      const message = `error: ${name} is empty; set it in the job's environment (examples/github/README.md)\n`;
      assert.deepEqual([code, stderr], [2, message]);
    });
});
