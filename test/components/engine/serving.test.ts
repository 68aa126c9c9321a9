// Does not prove that a real engine hands out the edge's volume so; test/e2e/daily.e2e.ts asks one.
import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import * as tar from "tar-stream";
import { connect } from "../../../components/engine/connect.ts";
import { readServing, type Serving } from "../../../components/engine/serving.ts";
import { type Answers, Trouble, withEngine } from "../../support/fake-engine.ts";

async function read(answer: Answers[number][1]): Promise<{ serving: Serving; queries: string[] }> {
  return withEngine([[/^GET \/containers\/e1\/archive$/, answer]], async (endpoint) => ({
    serving: await readServing(connect(endpoint).getContainer("e1")),
  }));
}

function archiveOf(files: Record<string, string>): Promise<Buffer> {
  const pack = tar.pack();
  pack.entry({ name: "up/", type: "directory" });
  for (const [name, content] of Object.entries(files)) pack.entry({ name: `up/${name}` }, content);
  pack.finalize();
  return buffer(pack);
}

describe("readServing", () => {
  it("gathers what the slots of each service name, each container once", async () => {
    const files = { "backend-0": "a", "backend-1": "b", "backend-2": "a", "my-frontend-0": "c\n" };
    const archive = await archiveOf(files);
    const { serving, queries } = await read(() => archive);
    assert.deepEqual(serving, { backend: new Set(["a", "b"]), "my-frontend": new Set(["c"]) });
    assert.deepEqual(queries, ["GET /containers/e1/archive path=/config/up"]);
  });

  it("finds none before the first switch", async () => {
    const archive = await archiveOf({});
    assert.deepEqual((await read(() => archive)).serving, {});
    assert.deepEqual((await read(() => new Trouble(404, "no such file"))).serving, {});
  });

  it("does not take an engine in trouble for an edge without routes", () =>
    assert.rejects(
      read(() => new Trouble(500, "input/output error")),
      /input\/output error/,
    ));
});
