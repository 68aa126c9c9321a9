import { text } from "node:stream/consumers";
import type Docker from "dockerode";
import * as tar from "tar-stream";
import { namesIn, POSTGRES_VERSION_FILE, type PostgresData } from "../lib/postgres-data.ts";
import { isStatus } from "./command.ts";

/**
 * What made the data that a Postgres container holds: read from the container, running or not, without starting
 * anything. Undefined where there is no such container, or no data in it yet.
 */
export async function readPostgresData(engine: Docker, container: string): Promise<PostgresData | undefined> {
  try {
    const found = engine.getContainer(container);
    const made = await firstFile(await found.getArchive({ path: POSTGRES_VERSION_FILE }));
    return made && { ...made, ...namesIn((await found.inspect()).Config.Env) };
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}

async function firstFile(archive: NodeJS.ReadableStream): Promise<Pick<PostgresData, "major" | "uid"> | undefined> {
  for await (const entry of archive.pipe(tar.extract())) {
    return { uid: entry.header.uid ?? 0, major: (await text(entry)).trim() };
  }
  return undefined;
}
