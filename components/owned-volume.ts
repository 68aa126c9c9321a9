import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { type Entry, parseOwner } from "./engine/archive.ts";
import type { VolumeFiles } from "./engine/fill-volume.ts";
import { engineCommand } from "./engine-command.ts";
import type { Host } from "./host.ts";
import { labelList } from "./lib/names.ts";
import type { ServiceImage } from "./service-image.ts";

export interface OwnedVolumeArgs {
  readonly host: Host;
  /** `uid:gid` of the process that writes to it. */
  readonly user: string;
  /** Where it is mounted; its files' paths begin with it. */
  readonly target: string;
  /** Files to start with. What the volume already has of them stays as it is, but for its owner. @default - none */
  readonly entries?: readonly Entry[];
  /** Present before the volume is filled: some image has to carry it. */
  readonly image: ServiceImage;
  /** A fixed name. @default - autonamed, so that a volume removed by hand comes back under another name, and filled */
  readonly fixedName?: string;
  /** Whether nothing but an explicit word may remove it. */
  readonly protect?: boolean;
}

/**
 * A volume that belongs to a process which is not root. Docker gives a new volume the owner that the image's directory
 * has, and to root where the image has none: then a service of another user cannot write.
 */
export function createOwnedVolume(name: string, args: OwnedVolumeArgs, parent: pulumi.Resource): pulumi.Output<string> {
  const { host, fixedName, protect = false } = args;
  const labels = labelList(host.labels);
  const volume = new docker.Volume(name, { labels, ...(fixedName && { name: fixedName }) }, { parent, protect });
  const stdin = volume.name.apply((volumeName) => JSON.stringify(contents(args, volumeName)));
  const { triggers, ignoreChanges } = host.audit.seedCures(name, fixedName);
  const seed = engineCommand(
    `${name}-seed`,
    { host, script: "fill-volume", stdin, triggers },
    { parent, ignoreChanges, dependsOn: [args.image] },
  );
  return pulumi.all([volume.name, seed.id]).apply(([seeded]) => seeded);
}

function contents({ host, user, target, entries = [] }: OwnedVolumeArgs, volume: string): VolumeFiles {
  return {
    owner: parseOwner(user),
    labels: host.labels,
    volumes: { [target]: volume },
    keep: true,
    entries: [{ path: target, mode: 0o700 }, ...entries],
  };
}
