// Does not prove how an engine names a container's control group; test/e2e/drift.e2e.ts stops one.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { isHalted } from "../../../components/engine/init-process.ts";
import { until } from "../../e2e/support/assertions.ts";

const container = (Id: string, Pid: number) => ({ Id, State: { Pid } }) as Parameters<typeof isHalted>[0];

describe("isHalted", () => {
  it("is so of a process that was stopped, in the control group of the container, and of no other", async () => {
    const child = spawn("sleep", ["60"]);
    const pid = child.pid ?? 0;
    try {
      const group = readFileSync(`/proc/${pid}/cgroup`, "utf8").trim();
      assert.equal(await isHalted(container(group, pid)), false);
      child.kill("SIGSTOP");
      await until(async () => isHalted(container(group, pid)), 5);
      assert.equal(await isHalted(container("of another machine", pid)), false);
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("is not of a container that has ended, or runs elsewhere", async () => {
    assert.equal(await isHalted(container("", 0)), false);
    assert.equal(await isHalted(container("", 2 ** 30)), false);
  });
});
