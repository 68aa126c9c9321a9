// Does not prove whether a registry can be reached: only what is done with the answer.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { imagesEnv } from "../../scripts/lib/image-set.ts";

describe("imagesEnv", () => {
  const endpoint = "unix:///var/run/docker.sock";
  const before = process.env.XDG_STATE_HOME;
  let folder = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "onehost-images-"));
    process.env.XDG_STATE_HOME = folder;
    mkdirSync(join(folder, "onehost"));
    writeFileSync(join(folder, "onehost/images.json"), JSON.stringify({ [endpoint]: "offline" }));
  });

  afterEach(() => {
    if (before === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = before;
    rmSync(folder, { recursive: true });
  });

  it("tells the program the decision that was made for its host", () =>
    assert.deepEqual(imagesEnv(endpoint, {}), { ONEHOST_IMAGES: "offline" }));

  it("says nothing of a host without a decision", () => assert.deepEqual(imagesEnv("ssh://a@b", {}), {}));

  it("lets the environment overrule it", () =>
    assert.deepEqual(imagesEnv(endpoint, { ONEHOST_IMAGES: "official" }), { ONEHOST_IMAGES: "official" }));
});
