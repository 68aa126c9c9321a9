import { paint, colourOf } from "./colours.ts";

/** A line that a container wrote. */
export interface LogLine {
  /** When, as the engine says it: always UTC with nine decimals, so that texts sort as times do. */
  readonly time: string;
  /** Who, in the words of the prefix. */
  readonly source: string;
  readonly text: string;
}

/** Reads a line of the engine's answer with timestamps: `2026-11-21T15:04:05.000000001Z text`. */
export function parseLogLine(source: string, raw: string): LogLine {
  const space = raw.indexOf(" ");
  return space < 0
    ? { time: raw, source, text: "" }
    : { time: raw.slice(0, space), source, text: raw.slice(space + 1) };
}

/** Puts lines of several containers, each of which comes in order, into one order: by time. */
export class Merger {
  private waiting: { readonly line: LogLine; readonly arrived: number }[] = [];

  add(line: LogLine, now = Date.now()): void {
    this.waiting.push({ line, arrived: now });
  }

  /**
   * Takes out, in order, the lines that have waited long enough, and with them every earlier one: what another container
   * wrote before may be a little later on its way.
   */
  take(arrivedBefore = Infinity): LogLine[] {
    const sorted = this.waiting.sort((a, b) => compare(a.line.time, b.line.time));
    const count = sorted.findLastIndex(({ arrived }) => arrived < arrivedBefore) + 1;
    this.waiting = sorted.slice(count);
    return sorted.slice(0, count).map(({ line }) => line);
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

export interface LineStyle {
  readonly colours: boolean;
  readonly timestamps: boolean;
}

/** Writes lines behind prefixes of one width, each source in a colour of its own. */
export class LineRenderer {
  private readonly sources: string[];
  private readonly style: LineStyle;

  constructor(sources: readonly string[], style: LineStyle) {
    this.sources = [...sources];
    this.style = style;
  }

  render({ source, time, text }: LogLine): string {
    if (!this.sources.includes(source)) this.sources.push(source);
    const width = Math.max(...this.sources.map(({ length }) => length));
    const prefix = paint(colourOf(this.sources.indexOf(source)), `${source.padEnd(width)} |`, this.style.colours);
    return [prefix, ...(this.style.timestamps ? [time] : []), text].join(" ").trimEnd();
  }
}
