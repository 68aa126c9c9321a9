// Does not prove what Docker's proxy does; test/e2e/rehearsal.e2e.ts waits for a registry behind one.
import assert from "node:assert/strict";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { isAnswering } from "../../scripts/lib/answers.ts";

async function asked(server: Server): Promise<boolean> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await isAnswering(`http://127.0.0.1:${port}/v2/`);
  } finally {
    server.close();
  }
}

const http = (listener: RequestListener): Server => createHttpServer(listener);

describe("isAnswering", function () {
  this.timeout(10_000);

  it("is so of a server that answers with success", async () =>
    assert.equal(await asked(http((_, response) => response.end("{}"))), true));

  it("is not of one that answers otherwise", async () =>
    assert.equal(await asked(http((_, response) => response.writeHead(503).end())), false));

  it("is not of one that takes the connection and lets it go", async () => {
    assert.equal(await asked(createServer((socket) => socket.destroy())), false);
    assert.equal(await asked(createServer((socket) => socket.resetAndDestroy())), false);
  });

  it("is not of one that says nothing", async () =>
    assert.equal(await asked(createServer((socket) => void setTimeout(() => socket.destroy(), 4000).unref())), false));

  it("is not where nobody listens", async () => assert.equal(await isAnswering("http://127.0.0.1:9/"), false));
});
