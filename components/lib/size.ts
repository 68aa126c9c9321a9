import { Invalid } from "./fault.ts";

/** An amount of memory or storage in bytes; always a whole number of KiB. */
export interface Size {
  readonly bytes: number;
}

const UNITS = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 } as const;
type Unit = keyof typeof UNITS;

/**
 * Reads a size with a binary unit: "64MiB", "2GiB".
 * @throws Invalid where the unit is missing or decimal: Docker's "m" and "MB" mean different things to different tools.
 */
export function parseSize(value: unknown): Size {
  const match = typeof value === "string" ? /^(\d+) ?(KiB|MiB|GiB)$/.exec(value) : null;
  if (!match) throw new Invalid("must be a size with a unit", 'write KiB, MiB or GiB, for example "512MiB"');
  return { bytes: Number(match[1]) * UNITS[match[2] as Unit] };
}

/** Whole mebibytes, rounded down: the unit of the Docker provider's `memory`. */
export function mebibytes(size: Size): number {
  return Math.floor(size.bytes / UNITS.MiB);
}

/** The shortest exact spelling: "512MiB", "1GiB". */
export function formatSize(size: Size): string {
  const unit = (["GiB", "MiB", "KiB"] as const).find((candidate) => size.bytes % UNITS[candidate] === 0) ?? "KiB";
  return `${size.bytes / UNITS[unit]}${unit}`;
}

/** A size of so many mebibytes. */
export function mib(count: number): Size {
  return { bytes: count * UNITS.MiB };
}
