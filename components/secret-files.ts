import { createHash } from "node:crypto";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { parseOwner } from "./engine/archive.ts";
import type { VolumeFiles } from "./engine/fill-volume.ts";
import { engineCommand } from "./engine-command.ts";
import type { Host } from "./host.ts";
import { SECRETS_DIRECTORY } from "./lib/container-args.ts";
import { LABEL, labelList } from "./lib/names.ts";

export interface SecretFilesArgs {
  readonly host: Host;
  /** `uid:gid` of the only process that may read them. */
  readonly user: string;
  /** Contents by file name. All secret. */
  readonly files: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * Secrets as files of mode 0400 in a small volume of one version: a new value makes a new volume, mounted by the new
 * container, while the old container keeps its own until it goes. A preview shows that a version changes, never a value.
 */
export class SecretFiles extends pulumi.ComponentResource {
  /** Name of the volume. Known once it is filled. */
  readonly volume: pulumi.Output<string>;

  constructor(name: string, args: SecretFilesArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "onehost:index:SecretFiles",
      name,
      { user: args.user, names: Object.keys(args.files) },
      args.host.carry(opts),
    );
    const content = pulumi.secret(pulumi.output(args.files)).apply((files) => JSON.stringify(files));
    const version = this.createVersion(name, content);
    const volume = this.createVolume(name, args.host, version);
    const fill = this.fill(name, args, { content, version, volume });
    this.volume = pulumi.all([volume.name, fill.id]).apply(([filled]) => filled);
    this.registerOutputs({ volume: this.volume });
  }

  /** A random name for the content: a label with the content's hash would let short secrets be guessed. */
  private createVersion(name: string, content: pulumi.Output<string>): random.RandomId {
    const hash = content.apply((text) => createHash("sha256").update(text).digest("hex"));
    return new random.RandomId(`${name}-version`, { byteLength: 6, keepers: { content: hash } }, { parent: this });
  }

  private createVolume(name: string, host: Host, version: random.RandomId): docker.Volume {
    const labels = version.hex.apply((hex) => labelList({ ...host.labels, [LABEL.secrets]: hex }));
    return new docker.Volume(name, { labels }, { parent: this });
  }

  private fill(name: string, args: SecretFilesArgs, from: FillInputs): pulumi.CustomResource {
    const stdin = pulumi
      .all([from.volume.name, from.content])
      .apply(([volume, content]) => JSON.stringify(fillRequest(args, volume, JSON.parse(content) as Contents)));
    const { triggers, ignoreChanges } = args.host.audit.fillCures(name);
    return engineCommand(
      `${name}-fill`,
      {
        host: args.host,
        script: "fill-volume",
        stdin: pulumi.secret(stdin),
        triggers,
      },
      { parent: this, ignoreChanges, additionalSecretOutputs: ["stdout", "stderr"] },
    );
  }
}

type Contents = Record<string, string>;

interface FillInputs {
  readonly content: pulumi.Output<string>;
  readonly version: random.RandomId;
  readonly volume: docker.Volume;
}

function fillRequest({ host, user }: SecretFilesArgs, volume: string, contents: Contents): VolumeFiles {
  const files = Object.entries(contents).map(([name, content]) => ({
    path: `${SECRETS_DIRECTORY}/${name}`,
    mode: 0o400,
    content,
  }));
  return {
    owner: parseOwner(user),
    labels: host.labels,
    volumes: { [SECRETS_DIRECTORY]: volume },
    manifest: SECRETS_DIRECTORY,
    entries: [{ path: SECRETS_DIRECTORY, mode: 0o500 }, ...files],
  };
}
