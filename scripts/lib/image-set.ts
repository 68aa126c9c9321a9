import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type Docker from "dockerode";
import { IMAGES, type ImageSet } from "../../components/lib/images.ts";
import { stateFolder } from "./folders.ts";

/**
 * Decides once per Docker host whether the official images can be pulled there. Kept for good, beside the stacks' state:
 * data belongs to the image family that made it, so a registry that is away for an hour must not change the answer.
 */
export async function imageSetOf(docker: Docker, endpoint: string, setting?: string): Promise<ImageSet> {
  const { ONEHOST_IMAGES: environment, ONEHOST_OFFLINE: offline } = process.env;
  const wanted = setting ?? environment;
  if (wanted === "official" || wanted === "offline") return wanted;
  const known = decisions()[endpoint];
  if (known !== undefined) return known;
  const decided = offline !== "1" && (await canPull(docker)) ? "official" : "offline";
  mkdirSync(dirname(file()), { recursive: true });
  writeFileSync(file(), JSON.stringify({ ...decisions(), [endpoint]: decided }, null, 2));
  return decided;
}

/** What the CLI has to be told of the decision, where one was made and the environment does not say otherwise. */
export function imagesEnv(endpoint: string, environment: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const known = environment.ONEHOST_IMAGES || decisions()[endpoint];
  return known === undefined ? {} : { ONEHOST_IMAGES: known };
}

function file(): string {
  return join(stateFolder(), "images.json");
}

function decisions(): Record<string, ImageSet> {
  try {
    return JSON.parse(readFileSync(file(), "utf8")) as Record<string, ImageSet>;
  } catch {
    return {};
  }
}

/** Asks the registry, through the engine, without pulling anything. */
async function canPull(docker: Docker): Promise<boolean> {
  try {
    await docker.getImage(IMAGES.official.postgres.ref).distribution();
    return true;
  } catch {
    return false;
  }
}
