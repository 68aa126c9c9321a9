import { text } from "node:stream/consumers";
import type Docker from "dockerode";
import type { Ending } from "../lib/audit/seen.ts";

/** As far back as the engine's memory of events reaches on a quiet host; on a busy one it is minutes. */
const SECONDS = 600;

/** The parts of an event that are read here. */
interface Event {
  readonly Action?: string;
  readonly Actor?: { readonly ID?: string; readonly Attributes?: { readonly exitCode?: string } };
  /** Seconds since 1970, by the engine's clock. */
  readonly time?: number;
}

/** When a process was last killed for want of memory, by the container that it was in. */
export type Starved = ReadonlyMap<string, Date>;

/** Containers in which the kernel killed a process lately, whether they went on or not: the engine only says it then. */
export async function starvedContainers(engine: Docker, clock: Date): Promise<Starved> {
  const events = await readEvents(engine, clock.getTime() / 1000, { event: ["oom"] });
  return new Map(events.map(({ Actor, time = 0 }) => [Actor?.ID ?? "", new Date(time * 1000)]));
}

/** How a container ended last, from the engine's short memory of events; undefined where it has forgotten. */
export async function lastEnding(engine: Docker, id: string, now: Date): Promise<Ending | undefined> {
  const filters = { container: [id], event: ["die", "oom"] };
  return endingOf(await readEvents(engine, Math.ceil(now.getTime() / 1000), filters));
}

/** The engine's answer ends at that time by its own clock: where that is in the future, it waits. */
async function readEvents(engine: Docker, until: number, filters: Record<string, string[]>): Promise<Event[]> {
  const stream = await engine.getEvents({ since: Math.floor(until) - SECONDS, until, filters });
  const lines = (await text(stream)).split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as Event);
}

function endingOf(events: readonly Event[]): Ending | undefined {
  const last = events.findLastIndex(({ Action }) => Action === "die");
  const exitCode = Number(events[last]?.Actor?.Attributes?.exitCode);
  if (Number.isNaN(exitCode)) return undefined;
  const before = events.slice(0, last).findLastIndex(({ Action }) => Action === "die");
  return { exitCode, outOfMemory: events.slice(before + 1).some(({ Action }) => Action === "oom") };
}
