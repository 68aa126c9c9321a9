import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { beginRun, endRun, recordsOn } from "../../scripts/lib/run-record.ts";
import { held, lastRun } from "../../scripts/lib/unfinished.ts";

const id = { project: "shop", stack: "dev" };
const nobody = 2 ** 22 + 1;

describe("lastRun", () => {
  const before = process.env.XDG_STATE_HOME;
  let folder: string;
  let env: NodeJS.ProcessEnv;

  const write = (path: string, content: object): void => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), JSON.stringify(content));
  };
  const lock = (pid: number, timestamp: string): void =>
    write("backend/.pulumi/locks/organization/shop/dev/1.json", { pid, hostname: hostname(), timestamp });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "onehost-test-"));
    process.env.XDG_STATE_HOME = folder;
    env = { PULUMI_BACKEND_URL: `file://${folder}/backend` };
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    if (before === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = before;
  });

  it("is done where there is no trace of one", () => assert.equal(lastRun(id, env), "done"));

  it("is under way while our record's process lives, with any backend", () => {
    beginRun(id);
    const [record] = recordsOn(id);
    assert.equal(record?.pid, process.pid);
    assert.deepEqual(lastRun(id, { PULUMI_BACKEND_URL: "https://api.example.org" }), { heldBy: record });
    endRun(id);
    assert.equal(lastRun(id, env), "done");
  });

  it("was cut off where the CLI's lock names a process that is gone, and began with its first trace", () => {
    lock(nobody, "2026-11-21T12:00:05Z");
    write("onehost/runs/shop.dev.json", { pid: nobody, hostname: hostname(), timestamp: "2026-11-21T12:00:00Z" });
    const { isLocked, since } = lastRun(id, env) as { isLocked: boolean; since: Date };
    assert.deepEqual({ isLocked, since }, { isLocked: true, since: new Date("2026-11-21T12:00:00Z") });
  });

  it("was cut off, without a lock, where our record stands or the state has operations under way", () => {
    write("backend/.pulumi/stacks/shop/dev.json", {
      checkpoint: { latest: { pending_operations: [{ type: "creating", resource: {} }] } },
    });
    assert.deepEqual(lastRun(id, env), { isLocked: false });
    write("onehost/runs/shop.dev.json", { pid: nobody, hostname: hostname(), timestamp: "2026-11-21T12:00:00Z" });
    assert.equal((lastRun(id, env) as { isLocked: boolean }).isLocked, false);
  });
});

describe("held", () => {
  it("says who changes the stack, and what to do", () => {
    const { code, message } = held("dev", { pid: 4711, hostname: "vps", since: new Date() });
    assert.equal(code, 4);
    assert.equal(message, "stack dev is being changed by process 4711 on vps; wait for it to end, then run this again");
  });
});
