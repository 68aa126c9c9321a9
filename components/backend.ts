import * as pulumi from "@pulumi/pulumi";
import type { AppServiceArgs } from "./app-service.ts";
import { createReplicas } from "./container-service.ts";
import { backendPlan } from "./lib/backend-plan.ts";
import type { BackendSettings } from "./lib/settings.ts";

/**
 * The application's HTTP service, in one or more containers. A new version starts beside the old one and proves itself;
 * it serves once the edge is switched.
 */
export class Backend extends pulumi.ComponentResource {
  readonly service = "backend";
  readonly port: number;
  /** Ids of the containers to switch to, replica by replica. Known once every gate has passed. */
  readonly containerIds: pulumi.Output<string>[];

  constructor(name: string, args: AppServiceArgs<BackendSettings>, opts?: pulumi.ComponentResourceOptions) {
    const { host, networks, app, settings, after } = args;
    super("onehost:index:Backend", name, settings, host.carry(opts));
    const { plan, volumes } = app.mounted(backendPlan(app.settings, settings));
    const service = { host, networks, plan, image: app.image, volumes, after };
    const replicas = createReplicas(name, settings.replicas, service, this);
    this.port = settings.port;
    this.containerIds = replicas.map(({ containerId }) => containerId);
    this.registerOutputs({ containerIds: this.containerIds });
  }
}
