import { text } from "node:stream/consumers";
import type Docker from "dockerode";
import * as tar from "tar-stream";
import { isStatus } from "./command.ts";
import { SLOTS_DIRECTORY } from "../lib/caddyfile.ts";

/** Names of the containers that requests go to, by service. A service that the edge has no route to is not in it. */
export type Serving = Readonly<Record<string, ReadonlySet<string>>>;

/**
 * What the edge's slots point at: read from its container, running or not, without starting anything. Empty before the
 * first switch.
 */
export async function readServing(edge: Docker.Container): Promise<Serving> {
  try {
    return await servingOf(await edge.getArchive({ path: SLOTS_DIRECTORY }));
  } catch (error) {
    if (isStatus(error, 404)) return {};
    throw error;
  }
}

async function servingOf(archive: NodeJS.ReadableStream): Promise<Serving> {
  const serving: Record<string, Set<string>> = {};
  for await (const entry of archive.pipe(tar.extract())) {
    const [, service] = /\/([^/]+)-\d+$/.exec(entry.header.name) ?? [];
    const container = (await text(entry)).trim();
    if (service !== undefined && container !== "") (serving[service] ??= new Set()).add(container);
  }
  return serving;
}
