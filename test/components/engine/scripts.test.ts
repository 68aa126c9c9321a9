// Does not prove that a real engine answers so; test/e2e runs the same scripts against one.
import assert from "node:assert/strict";
import { type Answers, frame, type Outcome, runScript, spawnScript } from "../../support/fake-engine.ts";
import { assertFailed, type Ending, engineWith, well } from "../../support/one-container.ts";

const EDGE = { Config: { User: "1:1" } };

/** Containers on the host besides the edge, by id: two to switch to, a worker, and what else there may be. */
const CONTAINERS = { a1: "backend-0-aaa", b2: "backend-1-bbb", w1: "worker-0-www", o1: "backend-0-old", s1: "stray" };

/** An engine whose edge, `c1`, takes files and ends every command so. */
function engineOfEdge(ending: Ending): Answers {
  const named = Object.entries(CONTAINERS).map(([Id, name]) => ({ Id, Names: [`/${name}`] }));
  const inspect = Object.entries(CONTAINERS).map(
    ([id, name]) => [new RegExp(`^GET /containers/${id}/json$`), () => ({ Name: `/${name}` })] as const,
  );
  return [
    ...inspect,
    [/^GET \/containers\/json$/, () => named],
    [/^POST \/containers\/s1\/stop$/, () => ({})],
    [/^DELETE \/containers\/s1$/, () => ({})],
    [/^PUT \/containers\/c1\/archive$/, () => ({})],
    ...engineWith(EDGE, ending, ""),
  ];
}

function switchOn(answers: Answers): Promise<Outcome> {
  return runScript("switch", answers, {
    EDGE: "c1",
    CADDYFILE: "x",
    SLOTS: "3",
    LABELS: '{"onehost.stack":"dev"}',
    TARGETS: '{"backend":["a1","b2"]}',
    ALONGSIDE: '["w1"]',
    RELEASED: '{"container":"d1","command":["note"]}',
  });
}

/** The same, with a database, `d1`, whose commands end so. */
function engineOfBoth(edge: Ending, database: Ending): Answers {
  return [
    [/^POST \/containers\/d1\/exec$/, () => ({ Id: "e2" })],
    [/^POST \/exec\/e2\/start$/, () => frame(database.output)],
    [/^GET \/exec\/e2\/json$/, () => ({ ExitCode: database.exitCode })],
    ...engineOfEdge(edge),
  ];
}

const asksDatabase = (word: string): string =>
  `POST /containers/d1/exec {"Cmd":["note","${word}"],"AttachStdout":true,"AttachStderr":true}`;

describe("the switch", () => {
  it("writes all slots aside, round-robin, and changes nothing when they cannot be put in place", async () => {
    const outcome = await switchOn(engineOfEdge({ exitCode: 1, output: "mv: no space left\n" }));
    assertFailed(outcome, ["edge: sh -c exited with 1: mv: no space left"]);
    const [archive, ...more] = outcome.requests.filter((request) => request.startsWith("PUT "));
    const slots = [...(archive ?? "").matchAll(/next\/(backend-\d)\0[^]*?(backend-\d-[ab]{3})\0/g)].map(
      ([, ...slot]) => slot,
    );
    assert.deepStrictEqual(slots, [
      ["backend-0", "backend-0-aaa"],
      ["backend-1", "backend-1-bbb"],
      ["backend-2", "backend-0-aaa"],
    ]);
    assert.deepStrictEqual(more, []);
    assert.ok(!outcome.requests.some((request) => request.startsWith("DELETE")), "it removed a container");
  });

  it("removes strays of rolling services, gracefully, and neither what serves, nor served, nor runs alongside", async () => {
    // What every command prints: to the first one, the names that the slots held so far.
    const outcome = await switchOn(engineOfBoth({ exitCode: 0, output: "backend-0-old\n" }, well));
    const { exitCode, stdout, stderr, requests, queries } = outcome;
    assert.deepStrictEqual({ exitCode, stdout, stderr }, { exitCode: 0, stdout: "", stderr: "" });
    const last = requests.slice(requests.indexOf("GET /containers/json"));
    assert.deepStrictEqual(last.slice(0, 3), [
      "GET /containers/json",
      "POST /containers/s1/stop",
      "DELETE /containers/s1",
    ]);
    const filters = JSON.stringify({ label: ["onehost.stack=dev", "onehost.rollout=rolling"] });
    assert.ok(queries.includes(`GET /containers/json all=true filters=${filters}`), queries.join("\n"));
  });

  it("loads another configuration only after it was validated, and keeps it only after it was loaded", async () => {
    const { requests } = await switchOn(engineOfEdge(well));
    const commands = requests.filter((request) => request.startsWith("POST /containers/c1/exec"));
    const words = commands.map((request) => (JSON.parse(request.slice(request.indexOf("{"))) as { Cmd: string[] }).Cmd);
    const file = ["--config", "/config/Caddyfile.next", "--adapter", "caddyfile"];
    assert.deepStrictEqual(words.slice(2, -2), [
      ["cat", "/config/Caddyfile"],
      ["caddy", "validate", ...file],
      ["caddy", "reload", ...file, "--address", "unix//run/caddy/admin.sock"],
      ["mv", "-f", "/config/Caddyfile.next", "/config/Caddyfile"],
    ]);
  });

  it("writes down what it left behind, so that an edit of it shows", async () => {
    const { requests } = await switchOn(engineOfEdge(well));
    const last = requests.filter((request) => request.startsWith("POST /containers/c1/exec")).at(-2) ?? "";
    assert.match(last, /sha256sum > \/config\/\.live && sha256sum Caddyfile up\/\* > \/config\/\.switched/);
  });

  it("has the database write down what is there when it only mends the edge, but not what is new", async () => {
    const { requests } = await switchOn(engineOfBoth({ exitCode: 0, output: "backend-0-old\n" }, well));
    assert.ok(requests.includes(asksDatabase("mend")), requests.join("\n"));
  });

  it("has the database write down what a release left", async () => {
    let slots = "backend-0-old\n";
    const answers: Answers = [
      [/^POST \/exec\/e1\/start$/, () => frame(slots)],
      [/^DELETE \/containers\/s1$/, () => ((slots = "backend-0-aaa\nbackend-1-bbb\n"), {})],
      ...engineOfBoth(well, well),
    ];
    const { requests } = await switchOn(answers);
    assert.ok(requests.includes(asksDatabase("release")), requests.join("\n"));
  });

  it("fails where the database cannot write that down", async () => {
    const outcome = await switchOn(engineOfBoth(well, { exitCode: 2, output: "no space left\n" }));
    assertFailed(outcome, ["d1: cannot write down what the release left: no space left"]);
  });

  it("does not reload for the configuration that is there already", async () => {
    const { requests } = await switchOn(engineOfEdge({ exitCode: 0, output: "x" }));
    assert.doesNotMatch(requests.join("\n"), /"caddy"/);
  });
});

describe("the filling of a volume", () => {
  it("fails on a host without any image", async () => {
    const request = { owner: { uid: 1, gid: 1 }, labels: {}, volumes: { "/run/secrets": "v1" }, entries: [] };
    const answers: Answers = [[/^GET \/images\/json$/, () => []]];
    assertFailed(await spawnScript("fill-volume", answers, { stdin: JSON.stringify(request) }), [
      "there is no image on the host to carry the volume; run up again once one was pulled",
    ]);
  });
});
