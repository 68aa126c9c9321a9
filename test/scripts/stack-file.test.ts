import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publishedBy, stackSetting } from "../../scripts/lib/stack-file.ts";

describe("stackSetting", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "onehost-test-"));
    writeFileSync(join(folder, "Pulumi.yaml"), "name: shop\n");
    writeFileSync(
      join(folder, "Pulumi.prod.yaml"),
      "config:\n  shop:host: ssh://a@b\n  other:images: official\n  shop:images: ''\n",
    );
    writeFileSync(join(folder, "Pulumi.empty.yaml"), "# nothing yet\n");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("reads a setting of the project", () => assert.equal(stackSetting("prod", "host", folder), "ssh://a@b"));

  it("does not see another project's setting of that name, nor an empty one", () => {
    assert.equal(stackSetting("prod", "images", folder), undefined);
  });

  it("finds nothing in a file that is empty or absent", () => {
    assert.equal(stackSetting("empty", "host", folder), undefined);
    assert.equal(stackSetting("staging", "host", folder), undefined);
  });
});

describe("publishedBy", () => {
  let folder: string;
  const withEdge = (edge: string) => {
    writeFileSync(join(folder, "Pulumi.dev.yaml"), `config:\n  shop:edge: ${edge}\n`);
    return publishedBy("dev", folder).map(({ key, ip, port }) => `${key} ${ip}:${port}`);
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "onehost-test-"));
    writeFileSync(join(folder, "Pulumi.yaml"), "name: shop\n");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("reads where a stack is served", () =>
    assert.deepEqual(withEdge("{ publish: 0.0.0.0:80 }"), ["edge.publish 0.0.0.0:80"]));

  it("knows the default, with a domain too", () => {
    assert.deepEqual(withEdge("{}"), ["edge.publish 127.0.0.1:8080"]);
    assert.deepEqual(withEdge("{ domain: a.example }"), ["edge.publish 0.0.0.0:80", "edge.publishTls 0.0.0.0:443"]);
  });

  it("leaves to the program what is written wrongly", () => assert.deepEqual(withEdge("{ publish: 80 }"), []));
});
