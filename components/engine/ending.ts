import { text } from "node:stream/consumers";
import type Docker from "dockerode";
import type { Ending } from "../lib/audit/seen.ts";

/** As far back as the engine's memory of events reaches on a quiet host; on a busy one it is minutes. */
const SECONDS = 600;

/** The one part of an event that is read here. */
interface Event {
  readonly Action?: string;
  readonly Actor?: { readonly Attributes?: { readonly exitCode?: string } };
}

/** How a container ended last, from the engine's short memory of events; undefined where it has forgotten. */
export async function lastEnding(engine: Docker, id: string, now: Date): Promise<Ending | undefined> {
  const until = Math.ceil(now.getTime() / 1000);
  const filters = { container: [id], event: ["die", "oom"] };
  const stream = await engine.getEvents({ since: until - SECONDS, until, filters });
  const events = (await text(stream)).split("\n").filter((line) => line !== "");
  return endingOf(events.map((line) => JSON.parse(line) as Event));
}

function endingOf(events: readonly Event[]): Ending | undefined {
  const last = events.findLastIndex(({ Action }) => Action === "die");
  const exitCode = Number(events[last]?.Actor?.Attributes?.exitCode);
  if (Number.isNaN(exitCode)) return undefined;
  const before = events.slice(0, last).findLastIndex(({ Action }) => Action === "die");
  return { exitCode, outOfMemory: events.slice(before + 1).some(({ Action }) => Action === "oom") };
}
