// Against a CLI that only ends as it is told. Does not prove what the real one does: test/e2e/interrupt.e2e.ts does.
import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { recordsOn } from "../../scripts/lib/run-record.ts";
import { Stack } from "../../scripts/lib/stack.ts";

describe("Stack", () => {
  const before = { PATH: process.env.PATH, XDG_STATE_HOME: process.env.XDG_STATE_HOME };
  const id = { project: "shop", stack: "dev" };
  let folder: string;
  let stack: Stack;

  /** A CLI that does so. */
  const cli = (script: string): void => {
    writeFileSync(join(folder, "pulumi"), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, "pulumi"), 0o755);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "onehost-test-"));
    process.env.PATH = `${folder}${delimiter}${before.PATH}`;
    process.env.XDG_STATE_HOME = folder;
    stack = new Stack(id, { PULUMI_BACKEND_URL: `file://${folder}` });
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    process.env.PATH = before.PATH;
    if (before.XDG_STATE_HOME === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = before.XDG_STATE_HOME;
  });

  it("keeps a record of a run while it lasts, and none of one that did all it had to", async () => {
    cli(`test -e ${folder}/onehost/runs/shop.dev.json`);
    await stack.up();
    assert.deepEqual(recordsOn(id), []);
  });

  it("keeps the record of a run that failed, and says how to go on", async () => {
    cli("exit 5");
    const remedy = "correct what is named above and run this again, or look with: npm run pulumi -- stack --stack dev";
    await assert.rejects(stack.up(), { message: `pulumi up failed with exit code 5; ${remedy}` });
    assert.equal(recordsOn(id).length, 1);
  });

  it("says of a CLI that was killed what serves and how to go on", async () => {
    cli("kill -9 $$");
    const what = "stack dev: pulumi was killed before all was done";
    const remedy = "what served before still does; run this again, it first mends what was left";
    await assert.rejects(stack.up(), { code: 137, message: `${what}; ${remedy}` });
  });

  it("mends nothing where the last run was done: it asks neither the CLI nor the host", async () => {
    cli("exit 1");
    await stack.mend("unix:///nonexistent");
  });
});
