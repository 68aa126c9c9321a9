// Does not prove that a real engine hands out a stopped container's file so; test/e2e asks one.
import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import * as tar from "tar-stream";
import { connect } from "../../../components/engine/connect.ts";
import { readPostgresData } from "../../../components/engine/postgres-data.ts";
import { type Answers, Trouble, withEngine } from "../../support/fake-engine.ts";

const ASKED = "GET /containers/onehost-dev-postgres/archive";
const INSPECTED = "GET /containers/onehost-dev-postgres/json";

const Env = ["PGDATA=/x", "POSTGRES_USER=clerk", "POSTGRES_DB=shop=1"];

async function read(answer: Answers[number][1]): Promise<{ data: unknown; requests: string[]; queries: string[] }> {
  const answers: Answers = [
    [/^GET \/containers\/onehost-dev-postgres\/archive$/, answer],
    [/^GET \/containers\/onehost-dev-postgres\/json$/, () => ({ Config: { Env } })],
  ];
  return withEngine(answers, async (endpoint) => ({
    data: await readPostgresData(connect(endpoint), "onehost-dev-postgres"),
  }));
}

function archiveOf(...entries: [Partial<tar.Header> & { name: string }, string][]): Promise<Buffer> {
  const pack = tar.pack();
  for (const [header, content] of entries) pack.entry(header, content);
  pack.finalize();
  return buffer(pack);
}

describe("readPostgresData", () => {
  it("reads what the data was made with, and asks for nothing else", async () => {
    const archive = await archiveOf([{ name: "PG_VERSION", uid: 70, gid: 71 }, "15\n"]);
    assert.deepStrictEqual(await read(() => archive), {
      data: { uid: 70, major: "15", role: "clerk", database: "shop=1" },
      requests: [ASKED, INSPECTED],
      queries: [`${ASKED} path=/var/lib/postgresql/data/pgdata/PG_VERSION`],
    });
  });

  it("finds none where there is no container, or no data in it yet", async () =>
    assert.equal((await read(() => new Trouble(404, "No such container"))).data, undefined));

  it("finds none in an archive without a file", async () => {
    const archive = await archiveOf();
    assert.equal((await read(() => archive)).data, undefined);
  });

  it("does not take an engine in trouble for one without data", async () =>
    assert.rejects(
      read(() => new Trouble(500, "input/output error")),
      /input\/output error/,
    ));
});
