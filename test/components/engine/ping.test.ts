// Does not prove what a real engine's version is; test/e2e does.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { faultOfHost, ping } from "../../../components/engine/ping.ts";

/** Uses a socket on which something answers so. */
async function withAnswer<T>(answer: RequestListener, use: (endpoint: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(`${tmpdir()}/onehost-ping-`);
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(`${folder}/engine.sock`, resolve));
  try {
    return await use(`unix://${folder}/engine.sock`);
  } finally {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  }
}

const engine =
  (version: string): RequestListener =>
  ({ url }, response) =>
    response.writeHead(url === "/_ping" ? 200 : 404, { "Api-Version": version }).end("OK");

describe("ping", () => {
  it("says the version of the engine's API", async () =>
    assert.equal(await withAnswer(engine("1.44"), (endpoint) => ping(endpoint)), "1.44"));

  it("fails with the status of any other answer", () =>
    assert.rejects(
      withAnswer(
        (_, response) => response.writeHead(503).end(),
        (endpoint) => ping(endpoint),
      ),
      new Error("it answered 503"),
    ));

  it("fails when there is no answer in time", () =>
    assert.rejects(
      withAnswer(
        () => undefined,
        (endpoint) => ping(endpoint, 100),
      ),
      new Error("no answer within 0.1 s"),
    ));

  it("fails when an answer breaks off", () =>
    assert.rejects(
      withAnswer(
        (_, response) => void response.write("O", () => response.destroy()),
        (endpoint) => ping(endpoint),
      ),
      new Error("aborted"),
    ));

  it("fails when an answer does not end in time", () =>
    assert.rejects(
      withAnswer(
        (_, response) => response.write("O"),
        (endpoint) => ping(endpoint, 100),
      ),
      new Error("no answer within 0.1 s"),
    ));
});

describe("faultOfHost", () => {
  it("finds none where an engine answers", async () =>
    assert.equal(await withAnswer(engine("1.41"), (endpoint) => faultOfHost(endpoint)), undefined));

  it("finds an engine that is too old", async () => {
    const fault = await withAnswer(engine("1.40"), (endpoint) => faultOfHost(endpoint, "DOCKER_HOST"));
    assert.equal(fault?.must, "must run Docker Engine 20.10 or later (API 1.41; it has 1.40)");
    assert.equal(fault.key, "DOCKER_HOST");
  });

  for (const endpoint of ["vps", "npipe:////./pipe/docker_engine"])
    it(`finds that ${endpoint} is no address`, async () =>
      assert.deepStrictEqual(await faultOfHost(endpoint), {
        key: "host",
        must: "must be a Docker host that answers (unknown kind of address)",
        got: endpoint,
        remedy: "write unix://, ssh:// or tcp://",
      }));
});
