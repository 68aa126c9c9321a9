import { join } from "node:path";
import type Docker from "dockerode";
import { execa } from "execa";
import { BASE_IMAGES } from "../../../components/lib/images.ts";
import { root } from "./stack.ts";

/** Releases of the sample application's backend, by what is special about them. */
export const RELEASES = {
  first: { VERSION: "1.0.0" },
  second: { VERSION: "2.0.0" },
  third: { VERSION: "3.0.0" },
  /** Starts, lives, and never becomes ready. */
  unhealthy: { VERSION: "2.1.0", SAMPLE_FAULT: "health" },
  /** Ends right after its start. */
  crashing: { VERSION: "2.2.0", SAMPLE_FAULT: "crash" },
} as const;

export type Release = keyof typeof RELEASES;

/** The image of a release. */
export function imageOf(release: Release): string {
  return `onehost-e2e/backend:${release}`;
}

/** Builds every release on the engine; all but the last layers are shared. */
export async function buildReleases(engine: Docker): Promise<void> {
  for (const release of Object.keys(RELEASES) as Release[]) await build(engine, release);
}

/** The image of the sample application's pages. */
export const FRONTEND = "onehost-e2e/frontend:first";

export function buildFrontend(engine: Docker): Promise<void> {
  return buildImage(engine, "frontend", FRONTEND, {});
}

function build(engine: Docker, release: Release): Promise<void> {
  return buildImage(engine, "backend", imageOf(release), RELEASES[release]);
}

function buildImage(engine: Docker, part: string, tag: string, args: Record<string, string>): Promise<void> {
  const bases = process.env["ONEHOST_IMAGES"] === "offline" ? BASE_IMAGES.offline : {};
  return buildContext(engine, join(root, "examples/sample-app", part), tag, { ...bases, ...args });
}

/** Builds a folder with a Dockerfile; fails with what the engine said. */
export async function buildContext(
  engine: Docker,
  context: string,
  tag: string,
  buildargs: Record<string, string>,
): Promise<void> {
  // dockerode's own packing leaves out a Dockerfile that .dockerignore names; the engine itself minds both.
  const archive = execa("tar", ["-c", "--exclude=node_modules", "-C", context, "."], {
    encoding: "buffer",
    buffer: false,
  });
  const stream = await engine.buildImage(archive.stdout, { t: tag, buildargs });
  await new Promise<void>((resolve, reject) => {
    engine.modem.followProgress(stream, (error: Error | null, events: { error?: string }[]) => {
      const failure = error ?? events.map((event) => event.error).find((text) => text !== undefined);
      if (failure) reject(new Error(`building ${tag}: ${String(failure)}`));
      else resolve();
    });
  });
}
