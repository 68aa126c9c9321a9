import { type Duration, seconds } from "./duration.ts";
import type { Healthcheck } from "./plan.ts";

/** What differs between services; the rest is the same for all. */
export interface Patience {
  /** Failures in a row before the container counts as unhealthy. */
  readonly retries: number;
  /** Failures within this time after the start do not count. */
  readonly startPeriod: Duration;
}

/** A probe without a shell around it, every 10 s with 5 s to answer. */
export function healthcheck(probe: readonly string[], patience: Patience): Healthcheck {
  return { test: ["CMD", ...probe], interval: seconds(10), timeout: seconds(5), ...patience };
}
