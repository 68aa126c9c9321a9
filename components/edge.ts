import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { ContainerService } from "./container-service.ts";
import { parseOwner } from "./engine/archive.ts";
import type { VolumeFiles } from "./engine/fill-volume.ts";
import { engineCommand } from "./engine-command.ts";
import type { Host } from "./host.ts";
import { BOOTSTRAP_CADDYFILE } from "./lib/caddyfile.ts";
import { edgePlan } from "./lib/edge-plan.ts";
import { labelList } from "./lib/names.ts";
import type { EdgeSettings } from "./lib/settings.ts";
import type { Networks } from "./networks.ts";
import { ServiceImage } from "./service-image.ts";

export interface EdgeArgs {
  readonly host: Host;
  readonly networks: Networks;
  readonly settings: EdgeSettings;
}

/** Caddy: the only container that publishes ports. A release neither replaces nor reloads it. */
export class Edge extends pulumi.ComponentResource {
  /** Known once the edge is healthy. */
  readonly containerId: pulumi.Output<string>;
  /** Address of the application. */
  readonly url: string;

  constructor(name: string, { host, networks, settings }: EdgeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("onehost:index:Edge", name, settings, host.carry(opts));
    const image = new ServiceImage(`${name}-image`, { host, source: settings.image }, { parent: this });
    const config = this.createVolume(`${name}-config`, host);
    const data = this.createVolume(`${name}-data`, host);
    const seed = this.seed(`${name}-seed`, { host, settings, config, data, image });
    const service = new ContainerService(
      name,
      { host, networks, plan: edgePlan(settings), image, volumes: { config: config.name, data: data.name } },
      { parent: this, dependsOn: [seed] },
    );
    this.containerId = service.containerId;
    this.url = `http://${settings.publish.ip}:${settings.publish.external}`;
    this.registerOutputs({ url: this.url });
  }

  /** Autonamed: a volume that was removed by hand comes back under another name, and so is seeded again. */
  private createVolume(name: string, host: Host): docker.Volume {
    return new docker.Volume(name, { labels: labelList(host.labels) }, { parent: this });
  }

  /** Gives new volumes to the edge's user and a configuration to start from; the switch writes the real one. */
  private seed(name: string, { host, settings, config, data, image }: SeedInputs): pulumi.Resource {
    const volumes = pulumi.all([config.name, data.name]);
    const stdin = volumes.apply(([configName, dataName]) =>
      JSON.stringify(seedFiles(host, settings.user, configName, dataName)),
    );
    return engineCommand(
      name,
      { host, script: "fill-volume", stdin, triggers: [config.name, data.name] },
      { parent: this, dependsOn: [image] },
    );
  }
}

interface SeedInputs {
  readonly host: Host;
  readonly settings: EdgeSettings;
  readonly config: docker.Volume;
  readonly data: docker.Volume;
  readonly image: ServiceImage;
}

function seedFiles(host: Host, user: string, config: string, data: string): VolumeFiles {
  return {
    owner: parseOwner(user),
    labels: host.labels,
    volumes: { "/config": config, "/data": data },
    entries: [
      { path: "/config", mode: 0o700 },
      { path: "/data", mode: 0o700 },
      { path: "/config/up", mode: 0o700 },
      { path: "/config/Caddyfile", mode: 0o600, content: BOOTSTRAP_CADDYFILE },
    ],
  };
}
