// Does not prove that a real engine answers so; test/e2e runs the same scripts against one.
import assert from "node:assert/strict";
import { type Answers, frame, type Outcome, runScript } from "../../support/fake-engine.ts";

const RUNNING = { State: { Status: "running", ExitCode: 0, OOMKilled: false }, RestartCount: 0 };

/** An engine with one container in a state, whose probes end so. */
function engineWith(state: object, probe: { exitCode: number; output: string }, log: string): Answers {
  return [
    [/^POST .*\/update$/, () => ({ Warnings: null })],
    [/^GET \/containers\/c1\/json$/, () => state],
    [/^POST \/containers\/c1\/exec$/, () => ({ Id: "e1" })],
    [/^POST \/exec\/e1\/start$/, () => frame(probe.output)],
    [/^GET \/exec\/e1\/json$/, () => ({ ExitCode: probe.exitCode })],
    [/^GET .*\/logs$/, () => (log === "" ? Buffer.alloc(0) : frame(log))],
  ];
}

function gate(answers: Answers, rollout: "rolling" | "recreate"): Promise<Outcome> {
  const options = { service: "backend", rollout, pidsLimit: 77, probes: [["true", "x"]], timeoutSeconds: 1 };
  return runScript("gate", answers, { environment: { CONTAINER: "c1", GATE: JSON.stringify(options) } });
}

/** An engine whose edge takes files and fails every command, with two backends to switch to. */
function engineOfEdge(): Answers {
  return [
    [/^GET \/containers\/a1\/json$/, () => ({ Name: "/backend-0-aaa" })],
    [/^GET \/containers\/b2\/json$/, () => ({ Name: "/backend-1-bbb" })],
    [/^PUT \/containers\/c1\/archive$/, () => ({})],
    ...engineWith({ Config: { User: "1:1" } }, { exitCode: 1, output: "mv: no space left\n" }, ""),
  ];
}

const well = { exitCode: 0, output: "" };
const LOG = "starting\nGET /live 503\nGET /live 503\nno database\n";

/** Every case at once: most of the time is the start of a process. */
const cases = {
  passes: () => gate(engineWith(RUNNING, well, ""), "rolling"),
  waits: () => gate(engineWith(RUNNING, { exitCode: 1, output: "traceback\n503 no database\n" }, LOG), "rolling"),
  killed: () =>
    gate(
      engineWith({ State: { Status: "exited", ExitCode: 137, OOMKilled: true }, RestartCount: 0 }, well, ""),
      "recreate",
    ),
  loops: () =>
    gate(
      engineWith({ State: { Status: "running", ExitCode: 0, OOMKilled: false }, RestartCount: 2 }, well, "boom\n"),
      "recreate",
    ),
  cannotSwitch: () =>
    runScript("switch", engineOfEdge(), {
      environment: { EDGE: "c1", CADDYFILE: "x", SLOTS: "3", LABELS: "{}", TARGETS: '{"backend":["a1","b2"]}' },
    }),
  noImage: () =>
    runScript("fill-volume", [[/^GET \/images\/json$/, () => []]], {
      stdin: JSON.stringify({ owner: { uid: 1, gid: 1 }, labels: {}, volumes: { "/run/secrets": "v1" }, entries: [] }),
    }),
};

describe("the scripts that commands run", () => {
  const outcomes = new Map<string, Outcome>();
  before(async function () {
    this.timeout(20_000);
    const runs = Object.entries(cases).map(async ([name, run]) => outcomes.set(name, await run()));
    await Promise.all(runs);
  });
  const outcomeOf = (name: keyof typeof cases): Outcome => outcomes.get(name) as Outcome;

  /** A script that failed says why on stderr alone: stdout lands in the state. */
  function assertFailed({ exitCode, stdout, stderr }: Outcome, message: string[]): void {
    assert.deepStrictEqual(
      { exitCode, stdout, stderr },
      { exitCode: 1, stdout: "", stderr: `${message.join("\n")}\n` },
    );
  }

  it("the gate limits processes first, then asks every probe, and says nothing when all pass", () => {
    const { requests, ...rest } = outcomeOf("passes");
    assert.deepStrictEqual(rest, { exitCode: 0, stdout: "", stderr: "" });
    assert.deepStrictEqual(requests.slice(0, 3), [
      'POST /containers/c1/update {"PidsLimit":77}',
      "GET /containers/c1/json",
      'POST /containers/c1/exec {"Cmd":["true","x"],"AttachStdout":true,"AttachStderr":true}',
    ]);
  });

  it("the gate fails at its deadline with the last word of the probe, and the log without its noise", () =>
    assertFailed(outcomeOf("waits"), [
      "backend: not ready after 1 s: true exited with 1: 503 no database",
      "Last lines of its log:",
      "  starting",
      "  GET /live 503 (2 such lines)",
      "  no database",
      "No request goes to it; what served before still does.",
    ]));

  it("the gate fails at once for a container that was killed", () =>
    assertFailed(outcomeOf("killed"), [
      "backend: state exited, exit code 137, 0 restarts, killed for want of memory",
      "Last lines of its log:",
      "  (it wrote nothing)",
    ]));

  it("the gate fails at once for a container that was restarted", () =>
    assertFailed(outcomeOf("loops"), [
      "backend: state running, exit code 0, 2 restarts",
      "Last lines of its log:",
      "  boom",
    ]));

  it("the switch writes all slots aside, round-robin, and changes nothing when they cannot be put in place", () => {
    const { requests, ...rest } = outcomeOf("cannotSwitch");
    assertFailed({ ...rest, requests }, ["edge: sh -c exited with 1: mv: no space left"]);
    const [archive, ...more] = requests.filter((request) => request.startsWith("PUT "));
    const slots = [...(archive ?? "").matchAll(/next\/(backend-\d)\0[^]*?(backend-\d-[ab]{3})\0/g)].map(
      ([, ...slot]) => slot,
    );
    assert.deepStrictEqual(slots, [
      ["backend-0", "backend-0-aaa"],
      ["backend-1", "backend-1-bbb"],
      ["backend-2", "backend-0-aaa"],
    ]);
    assert.deepStrictEqual(more, []);
    assert.ok(!requests.some((request) => request.startsWith("DELETE")), "it removed a container");
  });

  it("a volume is not filled on a host without any image", () =>
    assertFailed(outcomeOf("noImage"), [
      "there is no image on the host to carry the volume; run up again once one was pulled",
    ]));
});
