// Does not prove that a probe works inside its image; the gates of test/e2e do.
import assert from "node:assert/strict";
import { seconds } from "../../../components/lib/duration.ts";
import { healthcheck } from "../../../components/lib/healthcheck.ts";

describe("healthcheck", () => {
  it("runs a probe without a shell every 10 s, with 5 s to answer", () =>
    assert.deepStrictEqual(healthcheck(["pg_isready", "-q"], { retries: 5, startPeriod: seconds(60) }), {
      test: ["CMD", "pg_isready", "-q"],
      interval: { milliseconds: 10_000 },
      timeout: { milliseconds: 5000 },
      retries: 5,
      startPeriod: { milliseconds: 60_000 },
    }));
});
