// Does not prove that a real engine answers so; test/e2e runs the same script against one.
import assert from "node:assert/strict";
import { type Answers, frame, type Outcome, runScript, Trouble } from "../../support/fake-engine.ts";
import { assertFailed } from "../../support/one-container.ts";

const LABELS = { "onehost.stack": "dev", "onehost.service": "migrations" };
const CREATE = { Image: "sha256:1", Labels: LABELS, HostConfig: { Memory: 1 } };
const REMOVAL = "DELETE /containers/c1";

/** An engine on which the job's container, `c1`, ends so. */
function engine(wait: Answers[number][1], log: string, earlier: string[] = []): Answers {
  return [
    [/^GET \/containers\/json$/, () => earlier.map((Id) => ({ Id }))],
    [/^POST \/containers\/create$/, () => ({ Id: "c1" })],
    [/^POST \/networks\/.*\/connect$/, () => ({})],
    [/^POST \/containers\/c1\/start$/, () => ({})],
    [/^POST \/containers\/c1\/wait$/, wait],
    [/^GET \/containers\/c1\/logs$/, () => (log === "" ? Buffer.alloc(0) : frame(log))],
    [/^DELETE /, () => ({})],
  ];
}

function job(answers: Answers, settings: object = {}): Promise<Outcome> {
  const spec = { service: "migrations", timeoutSeconds: 5, networks: ["n1"], create: CREATE, ...settings };
  return runScript("job", answers, { JOB: JSON.stringify(spec) });
}

const endsWith =
  (StatusCode: number): Answers[number][1] =>
  () => ({ StatusCode });

describe("a job", () => {
  it("runs on all its networks to its end, goes, and says nothing when it ends well", async () => {
    const { exitCode, stdout, stderr, requests } = await job(engine(endsWith(0), "noise"), { networks: ["n1", "n2"] });
    assert.deepStrictEqual({ exitCode, stdout, stderr }, { exitCode: 0, stdout: "", stderr: "" });
    const create = { ...CREATE, HostConfig: { Memory: 1, NetworkMode: "n1" } };
    assert.deepStrictEqual(requests, [
      "GET /containers/json",
      `POST /containers/create ${JSON.stringify(create)}`,
      'POST /networks/n2/connect {"Container":"c1"}',
      "POST /containers/c1/start",
      "POST /containers/c1/wait",
      REMOVAL,
    ]);
  });

  it("is on no network where it asks for none, not on Docker's own", async () => {
    const { requests } = await job(engine(endsWith(0), ""), { networks: [] });
    assert.match(requests[1] ?? "", /"NetworkMode":"none"/);
  });

  it("first removes what a run that was killed left of it, by all of its labels, running or not", async () => {
    const { exitCode, requests, queries } = await job(engine(endsWith(0), "", ["old1", "old2"]));
    assert.equal(exitCode, 0);
    assert.deepStrictEqual(requests.slice(0, 3), [
      "GET /containers/json",
      "DELETE /containers/old1",
      "DELETE /containers/old2",
    ]);
    const filters = JSON.stringify({ label: ["onehost.stack=dev", "onehost.service=migrations"] });
    assert.equal(queries[0], `GET /containers/json all=true filters=${filters}`);
  });

  it("fails with its exit code and its last lines, and goes all the same", async () => {
    const outcome = await job(engine(endsWith(3), "upgrading\n\nno such column\n"));
    assertFailed(outcome, [
      "migrations: exit code 3",
      "Last lines of its log:",
      "  upgrading",
      "  ",
      "  no such column",
    ]);
    assert.equal(outcome.requests.at(-1), REMOVAL);
    assert.ok(outcome.queries.includes("GET /containers/c1/logs stdout=true stderr=true tail=20 follow=false"));
  });

  it("says so where it wrote nothing", async () =>
    assertFailed(await job(engine(endsWith(1), "")), [
      "migrations: exit code 1",
      "Last lines of its log:",
      "  (it wrote nothing)",
    ]));

  it("fails when it takes too long, and is ended", async () => {
    // An engine answers once the container is gone.
    let end: (answer: object) => void = () => undefined;
    const waits = (): Promise<object> => new Promise((resolve) => (end = resolve));
    const removes: Answers[number] = [/^DELETE /, () => (end({ StatusCode: 137 }), {})];
    const outcome = await job([removes, ...engine(waits, "waiting for a lock\n")], { timeoutSeconds: 0.2 });
    assertFailed(outcome, ["migrations: not done after 0.2 s", "Last lines of its log:", "  waiting for a lock"]);
    assert.equal(outcome.requests.at(-1), REMOVAL);
  });

  it("fails when its command cannot be started, and leaves no container behind", async () => {
    const refuses: Answers[number] = [/\/start$/, () => new Trouble(400, "alembic: not found in $PATH")];
    const outcome = await job([refuses, ...engine(endsWith(0), "")]);
    assert.deepStrictEqual([outcome.exitCode, outcome.stdout], [1, ""]);
    assert.match(outcome.stderr, /alembic: not found in \$PATH/);
    assert.equal(outcome.requests.at(-1), REMOVAL);
  });
});
