// How a property's value is written for the Docker Engine, and read back from it.
import { type Codec, string, type Table } from "../provider/table.ts";
import { isEmpty, isObject, isUnknown, type Props, type Value } from "../provider/values.ts";

/** MiB in Pulumi, bytes at the engine; -1 (unlimited swap) stays. */
export const mebibytes: Codec = {
  to: (value) => scale(value as number, 1024 * 1024),
  from: (bytes: number) => (bytes > 0 ? Math.floor(bytes / 1024 / 1024) : bytes),
};

const scale = (value: number, factor: number) => (value > 0 ? value * factor : value);

/** Decimal processors as a string; read back in the one spelling of the official provider, bug included. */
export const nanoCpus: Codec = {
  to: (value) => Math.round(Number(value) * 1e9),
  from: (nano: number) => {
    const text = (nano / 1e9).toFixed(9);
    // Nine zeros anywhere count as "round": 0.05 reads as 0.1. That is upstream's bug, and its loop.
    return text.split("0").length - 1 === 9 ? (nano / 1e9).toFixed(1) : text.replace(/0+$/, "");
  },
};

const units: Record<string, number> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };
const part = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/g;

/** Durations as Go writes them; read back in Go's own spelling, so that "60s" becomes "1m0s". */
export const duration = {
  to: (value: Value) =>
    [...(value as string).matchAll(part)].reduce((sum, [, n, unit]) => sum + Number(n) * units[unit!]!, 0),
  from: (nanoseconds = 0) => {
    if (nanoseconds === 0) return "0s";
    const small = [1e6, 1e3, 1].find((unit) => nanoseconds >= unit)!;
    if (nanoseconds < 1e9) return `${nanoseconds / small}${{ 1e6: "ms", 1e3: "µs", 1: "ns" }[small]}`;
    const [hours, minutes] = [Math.floor(nanoseconds / 3600e9), Math.floor((nanoseconds % 3600e9) / 60e9)];
    const seconds = `${(nanoseconds % 60e9) / 1e9}s`;
    return hours ? `${hours}h${minutes}m${seconds}` : minutes ? `${minutes}m${seconds}` : seconds;
  },
};

export const labelTable: Table = {
  label: string("R", { required: true }),
  value: string("R", { required: true }),
};

/** A set of label and value in Pulumi, a map at the engine. */
export const labels: Codec = {
  to: (value) => Object.fromEntries((value as { label: string; value: string }[]).map((l) => [l.label, l.value])),
  from: (map: Record<string, string> | null) => Object.entries(map ?? {}).map(([label, value]) => ({ label, value })),
};

export const mounts: Codec = {
  to: (value) =>
    (value as Props[]).map(({ type, source, target, readOnly }) => ({
      Type: type,
      Source: source ?? "",
      Target: target,
      ReadOnly: readOnly ?? false,
    })),
  from: (list: { Type: string; Source?: string; Target: string; ReadOnly?: boolean }[] | null) =>
    (list ?? []).map((m) => ({
      ...{ type: m.Type, source: m.Source ?? "", target: m.Target, readOnly: m.ReadOnly ?? false },
    })),
};

const probes = { interval: "Interval", timeout: "Timeout", startPeriod: "StartPeriod", startInterval: "StartInterval" };

export const healthcheck: Codec = {
  to: (value) => {
    const given = value as Props;
    const times = Object.entries(probes).map(([ours, theirs]) => [theirs, duration.to(given[ours] ?? "0s")]);
    const set = Object.fromEntries(times.filter(([, time]) => time !== 0)) as Props;
    return { ...set, Test: given.tests ?? [], ...(!isEmpty(given.retries) && { Retries: given.retries }) };
  },
  from: (check: Record<string, number> & { Test: string[] }) => ({
    ...Object.fromEntries(Object.entries(probes).map(([ours, theirs]) => [ours, duration.from(check[theirs])])),
    ...{ tests: check.Test ?? [], retries: check.Retries ?? 0 },
  }),
};

/** The spelling that Docker's Go client sends: upper case, prefixed, sorted. */
export function capabilityNames(value: Value): string[] {
  const names = (value as string[]).map((name) => name.toUpperCase());
  return [...new Set(names.map((name) => (name === "ALL" || name.startsWith("CAP_") ? name : `CAP_${name}`)))].sort();
}

/** What the engine is sent: every row of the table that has a place there and a value. */
export function write(table: Table, planned: Props): Props {
  const body: Props = {};
  for (const [name, { at, as }] of Object.entries(table)) {
    const value = planned[name] ?? null;
    if (at && !isEmpty(value) && !isUnknown(value)) place(body, at.split("."), as ? as.to(value) : value);
  }
  return body;
}

function place(target: Props, [head, ...rest]: string[], value: unknown): void {
  if (rest.length) place((target[head!] ??= {}) as Props, rest, value);
  else target[head!] = value as Value;
}

const nothing = { string: "", int: 0, bool: false, list: [], set: [], map: {} };

/** The rows of the table as the engine tells them, by each row's rule of reading. */
export function look(table: Table, found: Props, recorded: Props = {}): Props {
  const seen = Object.entries(table).flatMap(([name, { at = "", as, read, type }]): [string, Value][] => {
    const raw = at.split(".").reduce<Value>((from, key) => (isObject(from) ? (from[key] ?? null) : null), found);
    if (at === "" || read === "never" || (read === "if found" && isEmpty(raw))) return [];
    if (read === "if set" && isEmpty(recorded[name])) return [];
    const value = raw ?? nothing[type];
    return [[name, as ? as.from(value as never) : value]];
  });
  return Object.fromEntries(seen);
}
