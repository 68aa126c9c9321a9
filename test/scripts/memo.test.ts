import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recall, remember } from "../../scripts/lib/memo.ts";

describe("memo", () => {
  const before = process.env.XDG_CACHE_HOME;
  beforeEach(() => (process.env.XDG_CACHE_HOME = mkdtempSync(join(tmpdir(), "onehost-test-"))));
  afterEach(() => {
    rmSync(process.env.XDG_CACHE_HOME ?? "", { recursive: true });
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
  });

  it("recalls what was remembered until its hours are over", () => {
    const hour = 3_600_000;
    remember("key", "value", 2, 0);
    assert.equal(recall("key", 2 * hour - 1), "value");
    assert.equal(recall("key", 2 * hour), undefined);
  });

  it("keeps other entries", () => {
    remember("one", "1", 1, 0);
    remember("two", "2", 1, 0);
    assert.deepEqual([recall("one", 1), recall("two", 1)], ["1", "2"]);
  });
});
