import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { judgeLocks, locksOn, parseLock } from "../../scripts/lib/lock.ts";

const text = '{"pid":4711,"username":"root","hostname":"vps","timestamp":"2026-11-21T12:00:00Z"}';
const lock = { pid: 4711, hostname: "vps", since: new Date("2026-11-21T12:00:00Z") };

describe("parseLock", () => {
  it("reads whose lock it is", () => assert.deepEqual(parseLock(text), lock));

  it("refuses a file that names no process", () => {
    assert.throws(() => parseLock("{}"), { message: "the lock file names no process" });
  });
});

describe("judgeLocks", () => {
  const alive = (): boolean => true;
  const dead = (): boolean => false;

  it("calls a stack without locks free", () => assert.equal(judgeLocks([], alive, "vps"), "free"));

  it("calls a lock left behind when its process is gone", () => {
    assert.equal(judgeLocks([lock], dead, "vps"), "left behind");
  });

  it("never touches the lock of a process that lives", () => {
    assert.deepEqual(
      judgeLocks([{ ...lock, pid: 1 }, lock], (pid) => pid === 4711, "vps"),
      { heldBy: lock },
    );
  });

  it("never touches a lock from another machine, whose processes it cannot see", () => {
    assert.deepEqual(judgeLocks([lock], dead, "laptop"), { heldBy: lock });
  });

  it("knows that this very process lives, and that one that has ended does not", () => {
    const here = { pid: process.pid, hostname: "vps", since: new Date() };
    assert.deepEqual(judgeLocks([here], undefined, "vps"), { heldBy: here });
    assert.equal(judgeLocks([{ ...here, pid: 2 ** 22 + 1 }], undefined, "vps"), "left behind");
  });
});

describe("locksOn", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "onehost-test-"));
    const locks = join(folder, ".pulumi/locks/organization/onehost/dev");
    mkdirSync(locks, { recursive: true });
    writeFileSync(join(locks, "0a1b.json"), text);
    // The backend keeps a file of attributes beside each lock.
    writeFileSync(join(locks, "0a1b.json.attrs"), "{}");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("reads the locks of the stack and of no other", () => {
    assert.deepEqual(locksOn({ project: "onehost", stack: "dev" }, `file://${folder}`), [lock]);
    assert.deepEqual(locksOn({ project: "onehost", stack: "prod" }, `file://${folder}`), []);
  });

  it("finds none on a backend that is no folder", () => {
    assert.deepEqual(locksOn({ project: "onehost", stack: "dev" }, "https://api.example.org"), []);
    assert.deepEqual(locksOn({ project: "onehost", stack: "dev" }, undefined), []);
  });
});
