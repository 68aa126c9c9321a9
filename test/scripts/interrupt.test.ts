import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

const MESSAGE = "error: interrupted; run the same command again, it goes on from what is done\n";

describe("A script that is interrupted", function () {
  this.timeout(30_000);

  const script = `${import.meta.dirname}/../support/interruptible.ts`;

  /** Starts it, sends it Ctrl-C so often, and says how it ended and after how many milliseconds. */
  async function endOf(what: string, times: number) {
    const child = spawn("node", ["--import", "tsx", script, what], { stdio: ["ignore", "pipe", "pipe"] });
    const stderr = text(child.stderr);
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    await new Promise((resolve) => child.stdout.once("data", resolve));
    const startedAt = Date.now();
    for (let time = 0; time < times; time++) {
      child.kill("SIGINT");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return { code: await ended, stderr: await stderr, took: Date.now() - startedAt };
  }

  it("says so instead of what failed because of it, with an exit code of its own", async () => {
    const { code, stderr, took } = await endOf("a child", 1);
    assert.deepEqual({ code, stderr }, { code: 130, stderr: MESSAGE });
    assert.ok(took < 2500, `it took ${took} ms`);
  });

  it("ends after a moment, whatever is under way", async () => {
    const { code, stderr, took } = await endOf("a download", 1);
    assert.deepEqual({ code, stderr }, { code: 130, stderr: MESSAGE });
    assert.ok(took >= 2500, `it took ${took} ms`);
  });

  it("ends at once the second time", async () => {
    const { code, stderr, took } = await endOf("a download", 2);
    assert.deepEqual({ code, stderr }, { code: 130, stderr: MESSAGE });
    assert.ok(took < 2500, `it took ${took} ms`);
  });
});
