import { createInterface } from "node:readline/promises";
import { EXIT, Refusal } from "./outcome.ts";

/** Somebody at a terminal. */
export interface Terminal {
  /** @throws Refusal on Ctrl-C and Ctrl-D. */
  readonly ask: (text: string) => Promise<string>;
}

/** Asks questions on this process's terminal while `use` lasts. */
export async function onTerminal<T>(use: (terminal: Terminal) => Promise<T>): Promise<T> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const ended = new AbortController();
  // Without this a question would stay open and Node end in its midst, with a code of its own.
  for (const event of ["SIGINT", "close"] as const) lines.on(event, () => ended.abort());
  const ask = async (text: string): Promise<string> => {
    const answer = await lines.question(`${text}: `, { signal: ended.signal }).catch(() => undefined);
    if (answer === undefined) throw new Refusal(EXIT.interrupted, "interrupted; nothing was written");
    return answer.trim();
  };
  try {
    return await use({ ask });
  } finally {
    lines.close();
  }
}
