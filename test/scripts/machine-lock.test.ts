import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { aloneOnMachine } from "../../scripts/lib/machine-lock.ts";

describe("aloneOnMachine", () => {
  const before = process.env.XDG_STATE_HOME;
  let file: string;

  beforeEach(() => {
    process.env.XDG_STATE_HOME = mkdtempSync(join(tmpdir(), "onehost-test-"));
    file = join(process.env.XDG_STATE_HOME, "onehost/quickstart.lock");
  });
  afterEach(() => {
    rmSync(process.env.XDG_STATE_HOME ?? "", { recursive: true });
    if (before === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = before;
  });

  it("lets nobody else in while it works, and says who works", async () => {
    const who = `another quickstart (process ${process.pid} on ${hostname()}) is getting this machine ready`;
    const second = { code: 4, message: `${who}; wait for it to end, then run this again` };
    await aloneOnMachine(() =>
      assert.rejects(
        aloneOnMachine(() => Promise.resolve()),
        second,
      ),
    );
    assert.equal(existsSync(file), false);
  });

  it("is free again after a failure", async () => {
    await assert.rejects(
      aloneOnMachine(() => Promise.reject(new Error("x"))),
      { message: "x" },
    );
    assert.equal(await aloneOnMachine(() => Promise.resolve(1)), 1);
  });

  for (const [what, content] of [
    ["names a process that is gone", { pid: 2 ** 22 + 1, hostname: hostname(), timestamp: "2026-11-21T12:00:00Z" }],
    ["was cut short", ""],
  ] as const)
    it(`does not mind a lock that ${what}`, async () => {
      mkdirSync(join(file, ".."), { recursive: true });
      writeFileSync(file, content === "" ? "" : JSON.stringify(content));
      assert.equal(await aloneOnMachine(() => Promise.resolve(1)), 1);
    });
});
