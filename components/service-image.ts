import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Host } from "./host.ts";

interface BuiltImage {
  /** Folder with a Dockerfile. */
  readonly build: string;
  readonly args?: Readonly<Record<string, string>>;
  /** Of the host. The provider's own default is the platform of the operator's machine: a Mac would build for arm64. */
  readonly platform: string;
}

/** Where an image comes from: pulled (or found on the host) by reference, or built on the host from a context. */
export type ImageSource = { readonly ref: string } | BuiltImage;

export interface ServiceImageArgs {
  readonly host: Host;
  readonly source: ImageSource;
}

/** An image that is present on the host before any container stops for it. */
export class ServiceImage extends pulumi.ComponentResource {
  /** What a container is created from. Known once the image is on the host. */
  readonly ref: pulumi.Output<string>;
  /** What people call it: the reference, or the folder that it is built from. */
  readonly displayName: string;

  constructor(name: string, { host, source }: ServiceImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("onehost:index:ServiceImage", name, source, host.carry(opts));
    this.ref = "ref" in source ? this.find(name, source.ref) : this.build(name, host, source);
    this.displayName = "ref" in source ? source.ref : source.build;
    this.registerOutputs({ ref: this.ref });
  }

  /** Kept locally, because the container of a release that is being replaced still needs it. */
  private find(name: string, ref: string): pulumi.Output<string> {
    return new docker.RemoteImage(name, { name: ref, keepLocally: true }, { parent: this }).imageId;
  }

  /** BuilderV1 works on every engine; BuildKit needs buildx beside the operator's docker command. */
  private build(name: string, host: Host, { build, args, platform }: BuiltImage): pulumi.Output<string> {
    const image = new docker.Image(
      name,
      {
        imageName: `${host.nameOf(name)}:latest`,
        build: { context: build, builderVersion: "BuilderV1", platform, ...(args && { args }) },
        skipPush: true,
      },
      { parent: this },
    );
    return image.repoDigest;
  }
}
