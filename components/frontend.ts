import * as pulumi from "@pulumi/pulumi";
import { createReplicas } from "./container-service.ts";
import type { Host } from "./host.ts";
import { frontendPlan } from "./lib/frontend-plan.ts";
import type { FrontendSettings } from "./lib/settings.ts";
import type { Networks } from "./networks.ts";
import { ServiceImage } from "./service-image.ts";

export interface FrontendArgs {
  readonly host: Host;
  readonly networks: Networks;
  readonly settings: FrontendSettings;
}

/** The web server with the built pages. It serves once the edge is switched, together with the backend. */
export class Frontend extends pulumi.ComponentResource {
  readonly service = "frontend";
  readonly port: number;
  /** Ids of the containers to switch to, replica by replica. Known once every gate has passed. */
  readonly containerIds: pulumi.Output<string>[];

  constructor(name: string, { host, networks, settings }: FrontendArgs, opts?: pulumi.ComponentResourceOptions) {
    super("onehost:index:Frontend", name, settings, host.carry(opts));
    const image = new ServiceImage(`${name}-image`, { host, source: settings.image }, { parent: this });
    const service = { host, networks, plan: frontendPlan(settings), image };
    const replicas = createReplicas(name, settings.replicas, service, this);
    this.port = settings.port;
    this.containerIds = replicas.map(({ containerId }) => containerId);
    this.registerOutputs({ containerIds: this.containerIds });
  }
}
