// Does not prove that a real engine unpacks these files; test/e2e/drift.e2e.ts reads them back.
import assert from "node:assert/strict";
import { tarOf } from "../../../components/engine/archive.ts";
import { MANIFEST } from "../../../components/lib/audit/manifest.ts";
import { type Answers, type Outcome, spawnScript } from "../../support/fake-engine.ts";
import { assertFailed } from "../../support/one-container.ts";

const OWNER = { uid: 1, gid: 2 };
const REQUEST = {
  owner: OWNER,
  labels: { "onehost.stack": "dev" },
  volumes: { "/run/secrets": "v1" },
  manifest: "/run/secrets",
  entries: [
    { path: "/run/secrets", mode: 0o500 },
    { path: "/run/secrets/key", mode: 0o400, content: "s3cret" },
  ],
};

/** An engine on whose volume these files lie once it was filled. */
async function engineWith(present: readonly string[], more: Answers = []): Promise<Answers> {
  const files = present.map((name) => ({ path: `/run/secrets/${name}`, mode: 0o400, content: "" }));
  const archive = await tarOf(OWNER, "/run/secrets", files);
  return [
    ...more,
    [/^GET \/images\/json$/, () => [{ Id: "any" }]],
    [/^POST \/containers\/create$/, () => ({ Id: "c1" })],
    [/^PUT .*\/archive$/, () => ({})],
    [/^GET .*\/archive$/, () => archive],
    [/^DELETE /, () => ({})],
    [/^POST .*\/start$/, () => ({})],
  ];
}

function fill(answers: Answers, request: object = REQUEST): Promise<Outcome> {
  return spawnScript("fill-volume", answers, { stdin: JSON.stringify(request) });
}

const POSTGRES: Answers[number] = [/^GET \/containers\/json$/, () => [{ Id: "p1", ImageID: "postgres" }]];
const lineOf = (request: string): string => request.split(" ").slice(0, 2).join(" ");

describe("the filling of a volume", () => {
  it("writes the files and their manifest by a container that never runs, and prints nothing", async () => {
    const { exitCode, stdout, stderr, requests } = await fill(await engineWith(["key", MANIFEST]));
    assert.deepStrictEqual({ exitCode, stdout, stderr }, { exitCode: 0, stdout: "", stderr: "" });
    assert.deepStrictEqual(requests.map(lineOf), [
      "GET /images/json",
      "POST /containers/create",
      "PUT /containers/c1/archive",
      "GET /containers/c1/archive",
      "DELETE /containers/c1",
    ]);
    const written = requests.find((request) => request.startsWith("PUT ")) ?? "";
    assert.match(written, /"\.":\{"mode":320,"uid":1,"gid":2/);
    assert.match(written, /"key":\{"mode":256,"uid":1,"gid":2/);
  });

  it("removes what was added by a container of Postgres' image, which runs as root without a network", async () => {
    const waits: Answers[number] = [/^POST .*\/wait$/, () => ({ StatusCode: 0 })];
    const outcome = await fill(await engineWith(["key", "more", MANIFEST], [POSTGRES, waits]));
    assert.deepStrictEqual([outcome.exitCode, outcome.stderr], [0, ""]);
    const [, remover = ""] = outcome.requests.filter((request) => request.startsWith("POST /containers/create"));
    const { Image, Entrypoint, Cmd, User, NetworkDisabled } = JSON.parse(
      remover.slice(remover.indexOf("{")),
    ) as object & Record<string, unknown>;
    assert.deepStrictEqual(
      { Image, Entrypoint, Cmd, User, NetworkDisabled },
      {
        Image: "postgres",
        Entrypoint: ["rm", "-rf", "--"],
        Cmd: ["/run/secrets/more"],
        User: "0:0",
        NetworkDisabled: true,
      },
    );
    const filters = JSON.stringify({ label: ["onehost.stack=dev", "onehost.service=postgres"] });
    assert.ok(outcome.queries.includes(`GET /containers/json all=true filters=${filters}`), outcome.queries.join("\n"));
  });

  it("fails where what was added cannot be removed", async () => {
    const fails: Answers[number] = [/^POST .*\/wait$/, () => ({ StatusCode: 1 })];
    assertFailed(await fill(await engineWith(["more"], [POSTGRES, fails])), ["cannot remove /run/secrets/more"]);
  });

  it("fails where there is no Postgres to remove it with", async () => {
    const none: Answers[number] = [/^GET \/containers\/json$/, () => []];
    assertFailed(await fill(await engineWith(["more"], [none])), [
      "there is no Postgres on the host whose image could remove files; run up again",
    ]);
  });

  it("looks for nothing where no manifest is asked for", async () => {
    const { labels, volumes, owner, entries } = REQUEST;
    const { requests } = await fill(await engineWith(["more"]), { labels, volumes, owner, entries });
    assert.doesNotMatch(requests.join("\n"), /GET .*\/archive/);
  });
});
