// Does not prove that a real engine answers so; test/e2e runs the same script against one.
import assert from "node:assert/strict";
import { type Answers, type Outcome, runScript, spawnScript, Trouble } from "../../support/fake-engine.ts";
import { assertFailed, type Ending, engineWith, well } from "../../support/one-container.ts";

const SOUND = {
  Id: "c1",
  Name: "/onehost-dev-backend-0-aaaaaaa",
  Created: new Date().toISOString(),
  HostConfig: {},
  NetworkSettings: { Networks: {} },
  RestartCount: 0,
};
const RUNNING = { ...SOUND, State: { Status: "running", ExitCode: 0, OOMKilled: false } };
const EXITED = { ...SOUND, State: { Status: "exited", ExitCode: 1, OOMKilled: false } };
const OPTIONS = {
  service: "backend",
  rollout: "rolling",
  pidsLimit: 77,
  networks: {},
  restartable: true,
  labels: { "onehost.service": "backend" },
  namesBegin: "onehost-dev-backend-0",
  probes: [["true", "x"]],
  timeoutSeconds: 0.4,
  settleSeconds: 0,
};

const environment = (settings: object): Record<string, string> => ({
  CONTAINER: "c1",
  GATE: JSON.stringify({ ...OPTIONS, ...settings }),
});

function gate(answers: Answers, settings: object = {}): Promise<Outcome> {
  return runScript("gate", answers, environment(settings));
}

/** A container whose state is each of these in turn when it is looked at, and stays the last. */
function engineWithStates(states: object[], log: string): Answers {
  let looks = 0;
  const state = (): object => states[Math.min(looks++, states.length - 1)] as object;
  return [[/^GET \/containers\/c1\/json$/, state], ...engineWith({}, well, log)];
}

const looksOf = ({ requests }: Outcome): number =>
  requests.filter((request) => request === "GET /containers/c1/json").length;

describe("the gate", () => {
  it("limits processes first, then asks every probe, and says nothing when all pass", async () => {
    const probes = [["true", "x"], ["other"]];
    const outcome = await spawnScript("gate", engineWith(RUNNING, well, ""), { environment: environment({ probes }) });
    const { exitCode, stdout, stderr, requests } = outcome;
    assert.deepStrictEqual({ exitCode, stdout, stderr }, { exitCode: 0, stdout: "", stderr: "" });
    const asked = requests.filter((request) => !/^(POST|GET) \/exec/.test(request));
    assert.deepStrictEqual(asked, [
      "GET /containers/c1/json",
      "GET /containers/json",
      'POST /containers/c1/update {"PidsLimit":77}',
      "GET /containers/c1/json",
      'POST /containers/c1/exec {"Cmd":["true","x"],"AttachStdout":true,"AttachStderr":true}',
      'POST /containers/c1/exec {"Cmd":["other"],"AttachStdout":true,"AttachStderr":true}',
    ]);
  });

  it("has the service write down what it runs by, once all probes have passed", async () => {
    const check = { command: ["look"], repair: "restart", proved: ["note"] };
    const { requests } = await gate(engineWith(RUNNING, well, ""), { check });
    assert.match(requests.filter((request) => /^POST .*exec /.test(request)).at(-1) ?? "", /"Cmd":\["note"\]/);
  });

  it("fails where that cannot be written down", async () => {
    const check = { command: ["look"], repair: "switch", proved: ["note"] };
    const full: Ending = { exitCode: 1, output: "no space left\n" };
    const outcome = await gate(engineWith(RUNNING, full, ""), { check, probes: [] });
    assertFailed(outcome, ["backend: cannot write down what it runs by: no space left"]);
  });

  it("fails at its deadline with the last word of the probe, and the log without its noise", async () => {
    const log = "starting\nGET /live 503\nGET /live 503\nno database\n";
    const probe = { exitCode: 1, output: "traceback\n503 no database\n" };
    assertFailed(await gate(engineWith(RUNNING, probe, log)), [
      "backend: not ready after 0.4 s: true exited with 1: 503 no database",
      "Last lines of its log:",
      "  starting",
      "  GET /live 503 (2 such lines)",
      "  no database",
      "No request goes to it; what served before still does.",
    ]);
  });

  it("asks again until the probe passes", async () => {
    let asked = 0;
    const passesAtLast: Answers[number] = [/^GET \/exec\/e1\/json$/, () => ({ ExitCode: asked++ < 1 ? 1 : 0 })];
    const outcome = await gate([passesAtLast, ...engineWith(RUNNING, well, "")], { timeoutSeconds: 5 });
    assert.deepStrictEqual([outcome.exitCode, outcome.stderr, asked], [0, "", 2]);
  });

  it("fails at once for a container that was killed, and promises nothing where the old one is gone", async () => {
    const killed = { ...SOUND, State: { Status: "exited", ExitCode: 137, OOMKilled: true } };
    const outcome = await gate(engineWith(killed, well, ""), { rollout: "recreate" });
    assertFailed(outcome, [
      "backend: state exited, exit code 137, 0 restarts, killed for want of memory",
      "Last lines of its log:",
      "  (it wrote nothing)",
    ]);
    assert.equal(looksOf(outcome), 2);
  });

  it("fails at once for a container that was restarted", async () => {
    const answers = engineWith({ ...RUNNING, RestartCount: 2 }, well, "boom\n");
    assertFailed(await gate(answers, { rollout: "recreate" }), [
      "backend: state running, exit code 0, 2 restarts",
      "Last lines of its log:",
      "  boom",
    ]);
  });

  it("tolerates restarts from before of one that is not new, and none since", async () => {
    const old = { ...RUNNING, Created: new Date(Date.now() - 60_000).toISOString() };
    const restarted = (RestartCount: number): object => ({ ...old, RestartCount });
    assert.equal((await gate(engineWith(restarted(2), well, ""))).exitCode, 0);
    const states = [restarted(2), restarted(0), restarted(1)];
    const { stderr } = await gate(engineWithStates(states, "boom\n"), { settleSeconds: 2, timeoutSeconds: 5 });
    assert.match(stderr, /^backend: state running, exit code 0, 1 restarts$/m);
  });

  it("says how a container ended that was gone before its processes could be limited", async () => {
    const refuses: Answers[number] = [/\/update$/, () => new Trouble(500, "container is not running")];
    assertFailed(await gate([refuses, ...engineWith(EXITED, well, "no module named bot\n")], { rollout: "recreate" }), [
      "backend: state exited, exit code 1, 0 restarts",
      "Last lines of its log:",
      "  no module named bot",
    ]);
  });

  it("shows the last 20 lines of a long log", async () => {
    const log = Array.from({ length: 30 }, (_, index) => `line ${String.fromCharCode(97 + index)}\n`).join("");
    const { stderr } = await gate(engineWith(EXITED, well, log), { rollout: "recreate" });
    const lines = stderr.trimEnd().split("\n").slice(2);
    assert.deepStrictEqual([lines.length, lines[0]], [20, "  line k"]);
  });

  it("takes a probe that cannot be run for one that does not pass", async () => {
    const refuses: Answers[number] = [/\/exec$/, () => new Trouble(409, "is paused")];
    const { exitCode, stderr } = await gate([refuses, ...engineWith(RUNNING, well, "")]);
    const [first] = stderr.split("\n");
    assert.equal(exitCode, 1);
    assert.match(first ?? "", /^backend: not ready after 0\.4 s: .*is paused/);
  });
});

describe("the gate of a container that has to settle", () => {
  const settle = { service: "bot", rollout: "recreate", settleSeconds: 0.6, timeoutSeconds: 5 };

  it("does not pass before it has run for that time, however well its probes do", async () => {
    const start = Date.now();
    const outcome = await gate(engineWith(RUNNING, well, ""), settle);
    assert.deepStrictEqual([outcome.exitCode, outcome.stderr], [0, ""]);
    assert.ok(Date.now() - start >= 600, `it passed after ${Date.now() - start} ms`);
    assert.ok(looksOf(outcome) >= 2, `it looked ${looksOf(outcome)} times`);
  });

  it("fails at once when the container ends within that time", async () => {
    const outcome = await gate(engineWithStates([RUNNING, RUNNING, EXITED], "no token\n"), settle);
    assertFailed(outcome, ["bot: state exited, exit code 1, 0 restarts", "Last lines of its log:", "  no token"]);
    assert.equal(looksOf(outcome), 3);
  });

  it("fails at once when the container was restarted within that time", async () => {
    const outcome = await gate(
      engineWithStates([RUNNING, RUNNING, { ...RUNNING, RestartCount: 1 }], "no token\n"),
      settle,
    );
    assertFailed(outcome, ["bot: state running, exit code 0, 1 restarts", "Last lines of its log:", "  no token"]);
  });
});
