import { Invalid } from "./fault.ts";

/** A span of time in whole milliseconds. */
export interface Duration {
  readonly milliseconds: number;
}

/**
 * Reads a duration of hours, minutes, seconds and milliseconds: "30s", "1m30s", "500ms".
 * @throws Invalid for a plain number, because nobody can tell seconds from milliseconds.
 */
export function parseDuration(value: unknown): Duration {
  const pattern = /^(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/;
  const match = typeof value === "string" && value !== "" ? pattern.exec(value) : null;
  if (!match) throw new Invalid("must be a duration with a unit", 'write h, m, s or ms, for example "30s"');
  const [h = 0, m = 0, s = 0, ms = 0] = match.slice(1).map((digits) => Number(digits ?? 0));
  return { milliseconds: ((h * 60 + m) * 60 + s) * 1000 + ms };
}

/** A duration of so many seconds. */
export function seconds(count: number): Duration {
  return { milliseconds: count * 1000 };
}

/** Whole seconds, rounded up: the unit of Docker's stop timeouts. */
export function wholeSeconds(duration: Duration): number {
  return Math.ceil(duration.milliseconds / 1000);
}

/**
 * Go's own spelling ("1m30s", "1m0s", "500ms", "0s"), which the Docker provider reads back from the engine.
 * Any other spelling ("60s", "90s") is a difference in every later preview (seen with docker 5.2.0).
 */
export function goDuration({ milliseconds }: Duration): string {
  if (milliseconds > 0 && milliseconds < 1000) return `${milliseconds}ms`;
  const s = `${(milliseconds % 60_000) / 1000}s`;
  const m = Math.floor(milliseconds / 60_000) % 60;
  const h = Math.floor(milliseconds / 3_600_000);
  if (h > 0) return `${h}h${m}m${s}`;
  return m > 0 ? `${m}m${s}` : s;
}
