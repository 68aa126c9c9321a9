import { parseDuration } from "../../components/lib/duration.ts";
import { EXIT, Refusal } from "./outcome.ts";

export interface LogChoice {
  /** Lines per container, from the end; all of them where undefined. */
  readonly tail: number | undefined;
  /** Seconds since 1970, before which nothing is shown. */
  readonly since: number | undefined;
}

const DEFAULT_TAIL = 100;

/**
 * What of the logs is wanted.
 * @throws Refusal for a text that is neither a number nor "all", and for one that is neither a duration nor a time.
 */
export function logChoice(options: { tail?: string; since?: string }, now = Date.now()): LogChoice {
  const since = options.since === undefined ? undefined : parseSince(options.since, now);
  const fallback = since === undefined ? String(DEFAULT_TAIL) : "all";
  return { tail: parseTail(options.tail ?? fallback), since };
}

function parseTail(text: string): number | undefined {
  if (text === "all") return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw new Refusal(EXIT.usage, `--tail: must be a number of lines, got "${text}"; write, for example, 100, or all`);
}

function parseSince(text: string, now: number): number {
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : now - agoOf(text);
  if (!Number.isNaN(time)) return time / 1000;
  const remedy = 'write, for example, "10m" or "2026-11-21T15:04:05Z"';
  throw new Refusal(EXIT.usage, `--since: must be a duration or a time, got "${text}"; ${remedy}`);
}

function agoOf(text: string): number {
  try {
    return parseDuration(text).milliseconds;
  } catch {
    return NaN;
  }
}
