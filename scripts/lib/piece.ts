import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { cacheFolder, root } from "./folders.ts";
import { recall, remember } from "./memo.ts";

/** Where a piece of the toolchain was found. */
export type Source = "PATH" | "official release" | "official plugin" | "built from its Go module" | "offline stand-in";

export interface Found {
  /** The executable. */
  readonly file: string;
  readonly version: string;
}

export interface Piece extends Found {
  readonly name: string;
  readonly source: Source;
}

export interface Candidate {
  readonly source: Source;
  readonly find: () => Found | undefined | Promise<Found | undefined>;
}

/**
 * Tries the candidates in their order; a later one is not asked once one has the piece.
 * @throws Error if none has it.
 */
export async function firstFound(name: string, candidates: readonly Candidate[], remedy: string): Promise<Piece> {
  for (const { source, find } of candidates) {
    const found = await find();
    if (found !== undefined) return { name, source, ...found };
  }
  throw new Error(`${name} is not to be had here; ${remedy}`);
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Finds a command as the shell would, leaving out what an outer run of these scripts put on PATH. */
export function onPath(command: string, path = process.env.PATH ?? ""): string | undefined {
  const ours = [join(root, "offline"), cacheFolder()];
  const folders = path
    .split(delimiter)
    .filter((folder) => folder !== "" && !ours.some((own) => folder.startsWith(own)));
  return folders.map((folder) => join(folder, command)).find(isExecutable);
}

/** Downloads are not tried at all with ONEHOST_OFFLINE=1, nor for some hours after they were refused. */
export function mayDownload(what: string, env: NodeJS.ProcessEnv = process.env): boolean {
  return env.ONEHOST_OFFLINE !== "1" && recall(`refused ${what}`) === undefined;
}

const refusalHours = 6;

export function rememberRefusal(what: string, error: unknown): void {
  remember(`refused ${what}`, String(error), refusalHours);
}
