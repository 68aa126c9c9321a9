// The settings of another host's stack on this machine. Does not prove that they fit that host.
import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { getJson, succeeded } from "./support/assertions.ts";
import { root, TestStack } from "./support/stack.ts";

describe("quickstart with the settings of another host", function () {
  this.timeout("10m");
  this.bail(true);

  const there = "e2e-rehearsal";
  const stack = new TestStack(`${there}-local`);
  const file = join(root, `Pulumi.${there}.yaml`);
  const host = "ssh://nobody@192.0.2.1";
  const image = `registry.invalid/app/backend@sha256:${"0".repeat(64)}`;

  before(async () => {
    await stack.prepare({});
    await rm(join(root, `Pulumi.${stack.name}.yaml`));
    const backend = "{ replicas: 2, memory: 300MiB }";
    const settings = [
      `host: ${host}`,
      `app: { image: "${image}" }`,
      `backend: ${backend}`,
      "edge: { publish: 0.0.0.0:80 }",
    ];
    await writeFile(file, `config:\n${settings.map((line) => `  onehost:${line}\n`).join("")}`);
  });

  after(async () => {
    await rm(file);
    await stack.dispose();
  });

  it("says what it replaces by what, and serves on the loopback address", async () => {
    const { output } = succeeded(await stack.npmRun("quickstart", "--stack", there));
    assert.match(output, /^host +ssh:\/\/nobody@192\.0\.2\.1 +this machine's Docker$/m);
    assert.match(output, /^app\.image +registry\.invalid\/\S+ +127\.0\.0\.1:\d+\/app\/backend@sha256:[0-9a-f]{64}$/m);
    const [, url = ""] = /is up \(.*\): (http:\/\/127\.0\.0\.1:\d+)$/m.exec(output) ?? [];
    assert.equal((await getJson(`${url}/api/health`)).status, "healthy");
  });

  it("runs the other stack's settings, from the registry's image by digest", async () => {
    const backends = await stack.of("backend");
    assert.equal(backends.length, 2);
    for (const { Id, ImageID, Labels } of backends) {
      const { RepoDigests } = await stack.engine.getImage(ImageID).inspect();
      assert.ok(RepoDigests.includes(Labels["onehost.image"] ?? ""), RepoDigests.join(" "));
      assert.equal((await stack.engine.getContainer(Id).inspect()).HostConfig.Memory, 300 * 1024 ** 2);
    }
    assert.deepEqual(await stack.changes(), []);
  });

  it("is gone again with --down --volumes, the registry too", async () => {
    succeeded(await stack.npmRun("quickstart", "--stack", there, "--down", "--volumes", "--yes"));
    assert.deepEqual([await stack.containers(), await stack.networks(), await stack.volumes()], [[], [], []]);
    assert.deepEqual(await stack.engine.listContainers({ all: true, filters: { name: ["^/onehost-registry$"] } }), []);
  });
});
