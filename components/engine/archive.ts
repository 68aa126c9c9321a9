import { relative } from "node:path";
import type { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import type Docker from "dockerode";
import * as tar from "tar-stream";
import { isStatus } from "./command.ts";
import type { VolumeFile } from "../lib/audit/manifest.ts";

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

/**
 * An archive with all that lies in it given to one owner; undefined where it is theirs already, and where it holds more
 * than `most` bytes, which would have to go to this machine and back.
 */
export async function handedOver(
  archive: NodeJS.ReadableStream,
  owner: Owner,
  most: number,
): Promise<Buffer | undefined> {
  const pack = tar.pack();
  let foreign = 0;
  let bytes = 0;
  for await (const entry of archive.pipe(tar.extract())) {
    // Judged by the header: a single upload may be larger than this machine's memory.
    bytes += entry.header.size ?? 0;
    if (bytes > most) {
      (archive as Readable).destroy();
      return undefined;
    }
    const content = await buffer(entry);
    if (entry.header.uid !== owner.uid || entry.header.gid !== owner.gid) foreign++;
    pack.entry({ ...entry.header, ...owner, uname: "", gname: "" }, content);
  }
  pack.finalize();
  const whole = await buffer(pack);
  return foreign === 0 ? undefined : whole;
}

/** What is in a directory of a container, running or not, itself included; of links, there is no content. */
export async function readFiles(container: Docker.Container, directory: string): Promise<VolumeFile[]> {
  return filesOf(await container.getArchive({ path: `${directory}/.` }));
}

/** What is in an archive. */
export async function filesOf(archive: NodeJS.ReadableStream): Promise<VolumeFile[]> {
  const files: VolumeFile[] = [];
  for await (const entry of archive.pipe(tar.extract())) {
    const { name, type, mode = 0, uid = 0, gid = 0 } = entry.header;
    const content = await text(entry);
    const path = name.replace(/^\.\/(?=.)|\/$/g, "");
    // A link has a mode that says nothing; to the manifest it is a file with another content.
    files.push({ name: path, mode: mode & 0o7777, uid, gid, content: type === "symlink" ? "link" : content });
  }
  return files;
}

/** A file's content; undefined where there is no such file. */
export async function readFile(container: Docker.Container, path: string): Promise<string | undefined> {
  try {
    const archive = await container.getArchive({ path });
    for await (const entry of archive.pipe(tar.extract())) return await text(entry);
    return undefined;
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}
