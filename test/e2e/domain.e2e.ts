// A domain with https on a real engine. It does not prove that a public authority gives out certificates, nor the
// usual ports.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type IncomingHttpHeaders } from "node:http2";
import type { LookupFunction } from "node:net";
import { text } from "node:stream/consumers";
import { execa } from "execa";
import { exec } from "../../components/engine/exec.ts";
import { aptInstall } from "../../offline/engine.ts";
import { succeeded, until } from "./support/assertions.ts";
import { connects, networkOf, OtherMachine } from "./support/network.ts";
import { buildReleases, imageOf } from "./support/releases.ts";
import { freePort, TestStack } from "./support/stack.ts";

const DOMAIN = "app.example.test";

describe("A stack with a domain", function () {
  this.timeout("5m");
  this.bail(true);

  const stack = new TestStack("e2e-domain");
  const port = { http: 0, https: 0, postgres: 0, redis: 0 };
  let authority = "";

  const configure = (domain: string): Promise<void> =>
    stack.configure({
      app: { image: imageOf("first") },
      postgres: { publish: `127.0.0.1:${port.postgres}` },
      redis: { publish: `127.0.0.1:${port.redis}` },
      migrations: { command: ["alembic", "upgrade", "head"] },
      edge: { domain, tls: "internal", publish: `127.0.0.1:${port.http}`, publishTls: `127.0.0.1:${port.https}` },
    });

  before("builds the application", async () => {
    for (const name of Object.keys(port) as (keyof typeof port)[]) port[name] = await freePort();
    await aptInstall(["iproute2"]);
    await stack.prepare({});
    await buildReleases(stack.engine);
  });

  after(() => stack.dispose());

  it("comes up and says its address", async () => {
    await configure(DOMAIN);
    succeeded(await stack.pulumi("stack", "select", "--create"));
    const { output } = succeeded(await stack.up());
    assert.match(output, new RegExp(`url: "https://${DOMAIN}:${port.https}"`));
  });

  it("is served by https under a certificate for its name, over HTTP/2, and remembered as https", async () => {
    authority = await rootCertificate();
    const { status, transport, body } = await firstVisit(DOMAIN);
    assert.deepEqual([status, transport], [200, "max-age=31536000"]);
    assert.match(body, /"status":"healthy"/);
  });

  it("sends visitors who come by http to https, path and query with them", async () => {
    const { stdout } = await execa("curl", ["-si", `http://127.0.0.1:${port.http}/api/health?a=b`]);
    assert.match(stdout, /^HTTP\/1.1 308 /);
    assert.match(stdout, new RegExp(`\nLocation: https://${DOMAIN}:${port.https}/api/health\\?a=b\r?\n`));
  });

  it("shows nothing in a preview afterwards", async () => {
    assert.deepEqual(await stack.changes(), []);
  });

  it("lets programs of the host reach Postgres and Redis on loopback, and nobody else; neither gets out", async () => {
    const outside = new OtherMachine();
    await outside.start();
    const fromOutside = await networkOf("outside");
    try {
      // It has a route to the containers' networks, as no machine on the internet has.
      await execa(fromOutside[0]!, [...fromOutside.slice(1), "ip", "route", "del", "default"]);
      for (const service of ["postgres", "redis"] as const) {
        assert.equal(await connects([], ["127.0.0.1"], port[service]), true, service);
        assert.equal(await connects(fromOutside, [OtherMachine.host], port[service]), false, service);
        const fromService = await networkOf(await stack.one(service));
        assert.equal(await connects(fromService, [OtherMachine.address], OtherMachine.port), false, service);
      }
    } finally {
      await outside.stop();
    }
  });

  it("takes another domain by a reload of the same edge, with its certificates kept", async () => {
    const edge = await stack.idsOf("edge");
    await configure(`www.${DOMAIN}`);
    succeeded(await stack.up());
    assert.deepEqual(await stack.idsOf("edge"), edge);
    assert.equal(await rootCertificate(), authority);
    assert.equal((await firstVisit(`www.${DOMAIN}`)).status, 200);
    await assert.rejects(visit(DOMAIN), "the old name is served no more");
  });

  it("keeps its certificates through a replacement of the edge and through destroy", async () => {
    port.http = await freePort();
    await configure(`www.${DOMAIN}`);
    const edge = await stack.idsOf("edge");
    succeeded(await stack.up());
    assert.notDeepEqual(await stack.idsOf("edge"), edge);
    assert.equal(await rootCertificate(), authority);
    const volumes = await stack.volumes();
    succeeded(await stack.pulumi("destroy", "--yes", "--skip-preview", "--exclude-protected"));
    const kept = (await stack.volumes()).map((name) => name.replace(/-[0-9a-f]{7}$/, ""));
    assert.deepEqual(
      kept,
      ["edge-data", "postgres-data", "redis-data"].map((name) => `onehost-e2e-domain-${name}`),
    );
    assert.ok(volumes.length > kept.length);
  });

  /** The certificate of Caddy's own authority, which a visitor has to trust. */
  async function rootCertificate(): Promise<string> {
    const file = "/data/caddy/pki/authorities/local/root.crt";
    let found = "";
    await until(async () => {
      const { exitCode, output } = await exec(await stack.one("edge"), ["cat", file]);
      if (exitCode === 0) found = output;
      return exitCode === 0;
    }, 30);
    return found;
  }

  /** A certificate is made once the name is served, in a moment. */
  async function firstVisit(name: string): ReturnType<typeof visit> {
    await until(
      () =>
        visit(name).then(
          () => true,
          () => false,
        ),
      30,
    );
    return visit(name);
  }

  /** What a visitor gets over HTTP/2 who trusts that authority alone. */
  async function visit(name: string): Promise<{ status: number; transport: string; body: string }> {
    const lookup: LookupFunction = (_, __, found) => found(null, [{ address: "127.0.0.1", family: 4 }]);
    const session = connect(`https://${name}:${port.https}`, { ca: authority, lookup });
    // What fails the session fails its request too.
    session.on("error", () => undefined);
    try {
      const request = session.request({ ":path": "/api/health" });
      const [headers] = (await once(request, "response")) as [IncomingHttpHeaders];
      const transport = String(headers["strict-transport-security"]);
      return { status: Number(headers[":status"]), transport, body: await text(request) };
    } finally {
      session.destroy();
    }
  }
});
