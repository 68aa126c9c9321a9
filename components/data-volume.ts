import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import type { Host } from "./host.ts";
import { labelList } from "./lib/names.ts";

/**
 * A volume with data that must outlive every container. Protected: neither a replacement nor `destroy` removes it
 * before somebody takes the protection away. Its image's own directory gives it its owner.
 */
export function createDataVolume(name: string, host: Host, parent: pulumi.Resource): docker.Volume {
  const args = { name: host.nameOf(name), labels: labelList(host.labels) };
  return new docker.Volume(name, args, { parent, protect: true });
}
