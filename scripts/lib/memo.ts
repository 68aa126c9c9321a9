import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheFolder } from "./folders.ts";

type Memory = Record<string, { readonly value: string; readonly until: number }>;

function file(): string {
  return join(cacheFolder(), "memo.json");
}

function read(): Memory {
  try {
    return JSON.parse(readFileSync(file(), "utf8")) as Memory;
  } catch {
    return {};
  }
}

/** What was remembered under `key`, while it lasts. */
export function recall(key: string, now = Date.now()): string | undefined {
  const entry = read()[key];
  return entry !== undefined && entry.until > now ? entry.value : undefined;
}

/** Remembers `value` for some hours, across runs. */
export function remember(key: string, value: string, hours: number, now = Date.now()): void {
  const kept = Object.entries(read()).filter(([, entry]) => entry.until > now);
  const memory = { ...Object.fromEntries(kept), [key]: { value, until: now + hours * 3_600_000 } };
  mkdirSync(dirname(file()), { recursive: true });
  const written = `${file()}.${process.pid}`;
  writeFileSync(written, JSON.stringify(memory));
  // Renamed, because another run may be reading.
  renameSync(written, file());
}
