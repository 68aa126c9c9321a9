import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { diskFault } from "./obstacles.ts";
import { EXIT, Refusal } from "./outcome.ts";

/**
 * To be asked before much is written: half a toolchain or half an image is of no use to anybody.
 * @throws Refusal where a file system has less room than toolchain or images take.
 */
export async function needRoom(...folders: readonly string[]): Promise<void> {
  const fault = diskFault(await Promise.all(folders.map(placeOf)));
  if (fault !== undefined) throw new Refusal(EXIT.failed, fault);
}

async function placeOf(path: string): Promise<{ path: string; free: number }> {
  const { bavail, bsize } = await statfs(existing(path));
  return { path, free: bavail * bsize };
}

/** The folder itself is made later. */
function existing(path: string): string {
  return existsSync(path) ? path : existing(dirname(path));
}
