// Does not prove what a real run leaves behind: test/e2e/interrupt.e2e.ts does.
import assert from "node:assert/strict";
import { tarOf } from "../../components/engine/archive.ts";
import { LABEL } from "../../components/lib/names.ts";
import { mend } from "../../scripts/lib/mend.ts";
import type { Unfinished } from "../../scripts/lib/unfinished.ts";
import { type Answers, Trouble, withEngine } from "../support/fake-engine.ts";

const id = { project: "shop", stack: "dev" };
const since = new Date(Date.now() - 60_000);
const killed: Unfinished = { isLocked: true, since, pid: 4711 };

/** A host with what is named, all made a second ago; nothing is in the edge's slots. */
interface Host {
  readonly containers?: readonly string[];
  readonly networks?: readonly string[];
  readonly volumes?: readonly string[];
  readonly slots?: string;
}

/** What the edge has in its slots: one container. */
function archive(content: string): Promise<Buffer> {
  return tarOf({ uid: 1, gid: 1 }, "/config", [{ path: "/config/up/backend-0", mode: 0o600, content }]);
}

function engineOf({ containers = [], networks = [], volumes = [], slots = "" }: Host, first: Answers = []): Answers {
  const now = new Date();
  const Created = Math.floor(now.getTime() / 1000);
  return [
    ...first,
    [/^GET \/info$/, () => ({ SystemTime: now.toISOString() })],
    [/^GET \/containers\/json$/, () => containers.map((name) => ({ Id: name, Names: [`/${name}`], Created }))],
    [/^GET \/networks$/, () => networks.map((Name) => ({ Id: Name, Name, Created: now.toISOString() }))],
    [/^GET \/volumes$/, () => ({ Volumes: volumes.map((Name) => ({ Name, CreatedAt: now.toISOString() })) })],
    [/^GET .*\/shop-dev-edge\/archive$/, () => (slots ? archive(slots) : new Trouble(404, "no such container"))],
    [/^GET \/containers\/[^/]+\/json$/, () => ({ Config: { Labels: { [LABEL.rollout]: "rolling" } }, State: {} })],
    [/^POST \/containers\/[^/]+\/stop$/, () => new Trouble(304, "")],
    [/^DELETE \/volumes/, () => new Trouble(204, "")],
    [/^DELETE /, () => ({})],
  ];
}

const known = (...ids: string[]) => ({ resources: ids.map((one) => ({ id: one })) });
const cutOff = { pending_operations: [{ type: "creating", resource: { inputs: { name: "shop-dev-redis" } } }] };

/** Mends a stack whose state is exported so, one export after the other; says what was called, said and removed. */
async function mended(answers: Answers, left: Unfinished, ...exports: object[]) {
  const calls: string[] = [];
  const said: string[] = [];
  const cli = (...args: string[]): Promise<string> => {
    calls.push(args.join(" "));
    return Promise.resolve(args[1] === "export" ? JSON.stringify({ deployment: exports.shift() }) : "");
  };
  const { error } = console;
  console.error = (text: string) => said.push(text);
  try {
    const { requests } = await withEngine(answers, async (endpoint) => {
      await mend(id, endpoint, left, cli);
      return {};
    });
    return { calls, said, removed: requests.filter((line) => line.startsWith("DELETE ")) };
  } finally {
    console.error = error;
  }
}

describe("mend", () => {
  it("frees a stack whose run was killed and says so; where all is known it removes nothing", async () => {
    const { calls, said, removed } = await mended(engineOf({ containers: ["a"] }), killed, known("a"));
    assert.deepEqual(calls, ["cancel --yes", "stack export"]);
    const began = since.toISOString();
    assert.deepEqual(said, [
      `Stack dev: the run that began at ${began} (process 4711) was killed; mending what it left`,
    ]);
    assert.deepEqual(removed, []);
  });

  it("reads the host again where operations were cut off", async () => {
    const { calls, said } = await mended(engineOf({}), { isLocked: false }, cutOff, known());
    const refresh = "refresh --yes --skip-preview --clear-pending-creates";
    assert.deepEqual(calls, ["stack export", refresh, "stack export"]);
    assert.deepEqual(said, ["Stack dev: the state has operations that were cut off; reading the host again"]);
  });

  it("removes what the run made and nobody knows, containers first, and no volume of a fixed name", async () => {
    const host = { containers: ["a", "b"], networks: ["n"], volumes: ["shop-dev-x-1a2b3c4", "shop-dev-redis-data"] };
    const { said, removed } = await mended(engineOf(host), killed, known("a"));
    const removals = ["/containers/b", "/networks/n", "/volumes/shop-dev-x-1a2b3c4"];
    assert.deepEqual(
      removed,
      removals.map((path) => `DELETE ${path}`),
    );
    const what = ["container b", "network n", "volume shop-dev-x-1a2b3c4"];
    assert.deepEqual(
      said.slice(1),
      what.map((one) => `Stack dev: removed ${one}, which the last run made and did not record`),
    );
  });

  it("removes by its name what was being created, where nothing tells when the run began", async () => {
    const host = engineOf({ containers: ["shop-dev-redis", "shop-dev-postgres"] });
    const { removed } = await mended(host, { isLocked: false }, cutOff, known());
    assert.deepEqual(removed, ["DELETE /containers/shop-dev-redis"]);
  });

  it("leaves a container alone that serves although the state does not know it", async () => {
    const { said, removed } = await mended(engineOf({ containers: ["b"], slots: "b" }), killed, known());
    assert.deepEqual(removed, []);
    assert.equal(said[1], "Stack dev: leaving container b alone: it serves, and the state does not know it");
  });

  it("takes what is gone by then for removed", async () => {
    const gone: Answers = [[/^DELETE /, () => new Trouble(404, "no such network")]];
    const { said } = await mended(engineOf({ networks: ["n"] }, gone), killed, known());
    assert.equal(said[1], "Stack dev: removed network n, which the last run made and did not record");
  });

  it("says what to do by hand where something cannot be removed", async () => {
    const busy: Answers = [[/^DELETE /, () => new Trouble(403, "network n has active endpoints")]];
    const cause = "network n is left of a run that was cut off and cannot be removed: network n has active endpoints";
    await assert.rejects(mended(engineOf({ networks: ["n"] }, busy), killed, known()), {
      message: `${cause}; remove it with: docker network rm n, then run this again`,
    });
  });
});
