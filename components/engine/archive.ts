import { relative } from "node:path";
import { buffer } from "node:stream/consumers";
import * as tar from "tar-stream";

/** A file or, without content, a directory of an archive. */
export interface Entry {
  /** Absolute path inside the container. */
  readonly path: string;
  readonly mode: number;
  readonly content?: string;
}

/** Numeric owner; names would be looked up in the container's own passwd. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Reads `uid:gid`, the form of a plan's user.
 * @throws Error for names, which mean another number in every image.
 */
export function parseOwner(user: string): Owner {
  const match = /^(\d+):(\d+)$/.exec(user);
  if (!match) throw new Error(`user ${user}: must be uid:gid in numbers`);
  return { uid: Number(match[1]), gid: Number(match[2]) };
}

/** A tar archive of the entries, all of one owner, to be unpacked at `base`, in which all of them lie. */
export function tarOf(owner: Owner, base: string, entries: readonly Entry[]): Promise<Buffer> {
  const pack = tar.pack();
  for (const { path, mode, content } of entries) {
    const type = content === undefined ? "directory" : "file";
    pack.entry({ name: relative(base, path), type, mode, ...owner }, content ?? "");
  }
  pack.finalize();
  return buffer(pack);
}
