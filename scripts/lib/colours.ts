import { styleText } from "node:util";

type Colour = "cyan" | "yellow" | "green" | "magenta" | "blue" | "red" | "gray";

/** Whether what is written to stdout may have colours: on a terminal, unless NO_COLOR says otherwise. */
export function mayColour(stream: { readonly isTTY?: boolean } = process.stdout, env = process.env): boolean {
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0";
  return stream.isTTY === true && !env.NO_COLOR;
}

/** A text in a colour where colours are wanted, else as it is. */
export function paint(colour: Colour, text: string, isWanted: boolean): string {
  return isWanted ? styleText(colour, text, { validateStream: false }) : text;
}

const ROTATION = ["cyan", "yellow", "green", "magenta", "blue"] as const;

/** A colour for each of several things, the same in every run. */
export function colourOf(index: number): Colour {
  return ROTATION[index % ROTATION.length] as Colour;
}
