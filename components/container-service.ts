import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { createGate } from "./gate.ts";
import type { Host } from "./host.ts";
import { containerArgs, containerOptions, SECRETS_DIRECTORY } from "./lib/container-args.ts";
import type { ServicePlan } from "./lib/plan.ts";
import type { Networks } from "./networks.ts";
import type { ServiceImage } from "./service-image.ts";

export interface ContainerServiceArgs {
  readonly host: Host;
  readonly networks: Networks;
  readonly plan: ServicePlan;
  readonly image: ServiceImage;
  /** Volumes by the keys that the plan's mounts use. @default - none */
  readonly volumes?: Readonly<Record<string, pulumi.Input<string>>>;
  /** The volume with the service's secrets, mounted read-only at /run/secrets. @default - none */
  readonly secrets?: pulumi.Input<string>;
}

/** One container and the gate that proves it. What every service is made of. */
export class ContainerService extends pulumi.ComponentResource {
  /** The container's id. Known once its gate has passed. */
  readonly containerId: pulumi.Output<string>;

  constructor(name: string, args: ContainerServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("onehost:index:ContainerService", name, { plan: args.plan }, args.host.carry(opts));
    const container = this.createContainer(name, args);
    const gate = createGate(`${name}-gate`, { host: args.host, plan: args.plan, container }, { parent: this });
    this.containerId = pulumi.all([container.id, gate.id]).apply(([id]) => id);
    this.registerOutputs({ containerId: this.containerId });
  }

  private createContainer(name: string, args: ContainerServiceArgs): docker.Container {
    const plan = args.secrets === undefined ? args.plan : withSecrets(args.plan);
    const volumes = { ...args.volumes, ...(args.secrets !== undefined && { secrets: args.secrets }) };
    const bindings = { image: args.image.ref, imageName: args.image.displayName, networks: args.networks.ids, volumes };
    const options = { parent: this, ...containerOptions(plan) };
    return new docker.Container(name, containerArgs(args.host.id, plan, bindings), options);
  }
}

function withSecrets(plan: ServicePlan): ServicePlan {
  const secrets = { volume: "secrets", target: SECRETS_DIRECTORY, readOnly: true };
  return { ...plan, mounts: [...(plan.mounts ?? []), secrets] };
}
