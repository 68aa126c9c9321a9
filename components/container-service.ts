import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { createGate } from "./gate.ts";
import type { Host } from "./host.ts";
import { containerArgs, containerOptions } from "./lib/container-args.ts";
import type { ServicePlan } from "./lib/plan.ts";
import { tellOfConflict } from "./name-conflict.ts";
import type { Networks } from "./networks.ts";
import type { ServiceImage } from "./service-image.ts";

export interface ContainerServiceArgs {
  readonly host: Host;
  readonly networks: Networks;
  readonly plan: ServicePlan;
  readonly image: ServiceImage;
  /** Volumes by the keys that the plan's mounts use. @default - none */
  readonly volumes?: Readonly<Record<string, pulumi.Input<string>>>;
  /** What must be there, or have proved itself, before the container starts. @default - nothing */
  readonly after?: readonly pulumi.Resource[];
}

/** One container and the gate that proves it. What every service is made of. */
export class ContainerService extends pulumi.ComponentResource {
  /** The container's id. Who needs a container that has proved itself depends on this component too. */
  readonly containerId: pulumi.Output<string>;

  constructor(name: string, args: ContainerServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("onehost:index:ContainerService", name, { plan: args.plan }, args.host.carry(opts));
    const container = this.createContainer(name, args);
    createGate(`${name}-gate`, { host: args.host, plan: args.plan, container, resource: name }, { parent: this });
    // Not of the gate's id as well: a gate that is asked again would seem to change whoever uses this.
    this.containerId = container.id;
    this.registerOutputs({ containerId: this.containerId });
  }

  private createContainer(name: string, args: ContainerServiceArgs): docker.Container {
    const { host, networks, plan, image, volumes = {}, after = [] } = args;
    const bindings = { image: image.ref, imageName: image.displayName, networks: networks.ids, volumes };
    const options = { parent: this, dependsOn: [...after], ...containerOptions(plan) };
    const container = new docker.Container(name, containerArgs(host.id, plan, bindings), options);
    if (plan.rollout === "recreate") tellOfConflict(container, host.audit.containerNamed(name));
    return container;
  }
}

/** Several containers of one plan, told apart by their numbers. */
export function createReplicas(
  name: string,
  count: number,
  args: ContainerServiceArgs,
  parent: pulumi.Resource,
): ContainerService[] {
  return Array.from({ length: count }, (_, index) => new ContainerService(`${name}-${index}`, args, { parent }));
}
