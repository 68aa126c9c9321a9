import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stackSetting } from "../../scripts/lib/stack-file.ts";

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
