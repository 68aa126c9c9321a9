/**
 * Run by components: puts files into volumes of the host. Everything comes over stdin, as JSON of VolumeFiles,
 * because arguments and environment can be read by others; it prints nothing, because stdout lands in the state.
 */
import { text } from "node:stream/consumers";
import type Docker from "dockerode";
import { type Entry, type Owner, tarOf } from "./archive.ts";
import { runCommand } from "./command.ts";

export interface VolumeFiles {
  readonly owner: Owner;
  readonly labels: Readonly<Record<string, string>>;
  /** Volumes by the directory at which they are mounted: `{"/run/secrets": "…-secrets-1a2b3c4"}`. */
  readonly volumes: Readonly<Record<string, string>>;
  readonly entries: readonly Entry[];
}

await runCommand(async (engine) => {
  const request = JSON.parse(await text(process.stdin)) as VolumeFiles;
  const carrier = await createCarrier(engine, request);
  try {
    await carrier.putArchive(await tarOf(request.owner, "/", request.entries), { path: "/" });
  } finally {
    await carrier.remove({ v: false, force: true });
  }
});

/** A container that is created, never started: the engine mounts its volumes for the archive alone. */
async function createCarrier(engine: Docker, { volumes, labels }: VolumeFiles): Promise<Docker.Container> {
  return engine.createContainer({
    Image: await anyImage(engine),
    Entrypoint: ["none"],
    Labels: { ...labels },
    NetworkDisabled: true,
    HostConfig: { Mounts: Object.entries(volumes).map(([target, source]) => mount(source, target)) },
  });
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
