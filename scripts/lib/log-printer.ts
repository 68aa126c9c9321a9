import { mayColour } from "./colours.ts";
import { type LogLine, LineRenderer, Merger } from "./log-lines.ts";
import { labelOf, type StackContainer } from "./stack-containers.ts";

/** Prints lines of several containers in their order. */
export class LogPrinter {
  private readonly merger = new Merger();
  private readonly renderer: LineRenderer;

  constructor(containers: readonly StackContainer[], timestamps: boolean) {
    this.renderer = new LineRenderer(containers.map(labelOf), { colours: mayColour(), timestamps });
  }

  add(line: LogLine): void {
    this.merger.add(line);
  }

  /** Prints what arrived before a time; everything where none is given. */
  print(before?: number): void {
    const lines = this.merger.take(before).map((line) => `${this.renderer.render(line)}\n`);
    if (lines.length > 0) process.stdout.write(lines.join(""));
  }
}
