import assert from "node:assert/strict";
import { isRunning, statFields } from "../../scripts/lib/processes.ts";

describe("isRunning", () => {
  const minute = 60_000;

  it("knows this very process, and one that has ended", () => {
    assert.equal(isRunning(process.pid), true);
    assert.equal(isRunning(2 ** 22 + 1), false);
  });

  it("does not take a process for one that had its id before", () => {
    assert.equal(isRunning(process.pid, new Date()), true);
    const beforeItsStart = new Date(Date.now() - process.uptime() * 1000 - minute);
    assert.equal(isRunning(process.pid, beforeItsStart), process.platform !== "linux");
  });
});

describe("statFields", () => {
  const line = (command: string, state: string): string =>
    `4711 (${command}) ${state} 1 4711 4711 0 -1 4228352 1 0 0 0 0 0 0 0 20 0 1 0 123456 0 0`;

  it("reads when a process started", () =>
    assert.deepEqual(statFields(line("pulumi", "S")), { dead: false, ticks: 123456 }));

  it("counts one that was killed and that nobody waits for as dead", () =>
    assert.equal(statFields(line("pulumi", "Z")).dead, true));

  it("is not misled by a command's name", () => assert.equal(statFields(line("a) Z (b", "S")).dead, false));
});
