/**
 * Run by components: puts files into volumes of the host. Everything comes over stdin, as JSON of VolumeFiles,
 * because arguments and environment can be read by others; it prints nothing, because stdout lands in the state.
 */
import { relative } from "node:path";
import { text } from "node:stream/consumers";
import type Docker from "dockerode";
import { MANIFEST, manifestOf } from "../lib/audit/manifest.ts";
import { type Entry, handedOver, type Owner, readFile, readFiles, tarOf } from "./archive.ts";
import { runCommand } from "./command.ts";
import { removeFiles } from "./remove-files.ts";

export interface VolumeFiles {
  readonly owner: Owner;
  readonly labels: Readonly<Record<string, string>>;
  /** Volumes by the directory at which they are mounted: `{"/run/secrets": "…-secrets-1a2b3c4"}`. */
  readonly volumes: Readonly<Record<string, string>>;
  readonly entries: readonly Entry[];
  /** Directory that also gets a list of what was written, so that a later edit shows. @default - none */
  readonly manifest?: string;
  /** Whether files that are there already keep their content. @default - they are written over */
  readonly keep?: boolean;
}

/** More than certificates and schedules ever are. Uploads may be more: their owner is then left to whoever runs the host. */
const MOST_BYTES = 16 * 2 ** 20;

await runCommand(async (engine) => {
  const request = JSON.parse(await text(process.stdin)) as VolumeFiles;
  const carrier = await createCarrier(engine, request);
  try {
    if (request.keep) await handOver(carrier, request);
    const entries = request.keep ? await withPresent(carrier, request.entries) : request.entries;
    const archive = await tarOf(request.owner, "/", [...entries, ...manifestEntry(request)]);
    await carrier.putArchive(archive, { path: "/" });
    await removeFiles(engine, { ...request, mounts: mountsOf(request), paths: await foreign(carrier, request) });
  } finally {
    await carrier.remove({ v: false, force: true });
  }
});

/**
 * Gives what an earlier user left to the present one: Caddy, as another user, could not read its own certificates and
 * would not start, nor could beat open its schedule.
 */
async function handOver(carrier: Docker.Container, { owner, volumes }: VolumeFiles): Promise<void> {
  for (const target of Object.keys(volumes)) {
    const archive = await carrier.getArchive({ path: `${target}/.` });
    const files = await handedOver(archive, owner, MOST_BYTES);
    if (files) await carrier.putArchive(files, { path: target });
  }
}

/**
 * Entries with the content that their files have already: the edge's first configuration must not take the place of
 * the one that serves, when nothing but its owner changes.
 */
function withPresent(carrier: Docker.Container, entries: readonly Entry[]): Promise<Entry[]> {
  return Promise.all(
    entries.map(async (entry) => {
      if (entry.content === undefined) return entry;
      const content = await readFile(carrier, entry.path);
      return content === undefined ? entry : { ...entry, content };
    }),
  );
}

/** What lies in a directory of which the manifest says all, and is not in it. */
async function foreign(carrier: Docker.Container, { manifest, entries }: VolumeFiles): Promise<string[]> {
  if (manifest === undefined) return [];
  const known = [`${manifest}/.`, `${manifest}/${MANIFEST}`, ...entries.map(({ path }) => path)];
  const present = await readFiles(carrier, manifest);
  return present.map(({ name }) => `${manifest}/${name}`).filter((path) => !known.includes(path));
}

function manifestEntry({ manifest, owner, entries }: VolumeFiles): Entry[] {
  if (manifest === undefined) return [];
  const files = entries.map(({ path, mode, content = "" }) => ({
    name: relative(manifest, path) || ".",
    mode,
    content,
    ...owner,
  }));
  return [{ path: `${manifest}/${MANIFEST}`, mode: 0o400, content: manifestOf(files) }];
}

/** A container that is created, never started: the engine mounts its volumes for the archive alone. */
async function createCarrier(engine: Docker, request: VolumeFiles): Promise<Docker.Container> {
  return engine.createContainer({
    Image: await anyImage(engine),
    Entrypoint: ["none"],
    Labels: { ...request.labels },
    NetworkDisabled: true,
    HostConfig: { Mounts: mountsOf(request) },
  });
}

function mountsOf({ volumes }: VolumeFiles): Docker.MountSettings[] {
  return Object.entries(volumes).map(([target, source]) => mount(source, target));
}

function mount(source: string, target: string): Docker.MountSettings {
  // An empty volume would else take over the files that the image has at this path.
  return { Type: "volume", Source: source, Target: target, VolumeOptions: { NoCopy: true } } as Docker.MountSettings;
}

/** Which image does not matter, so none is named: naming the service's would fill the volume anew in every release. */
async function anyImage(engine: Docker): Promise<string> {
  const [image] = await engine.listImages();
  if (!image) throw new Error("there is no image on the host to carry the volume; run up again once one was pulled");
  return image.Id;
}
