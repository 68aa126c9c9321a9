import * as pulumi from "@pulumi/pulumi";
import type { AppServiceArgs } from "./app-service.ts";
import { createReplicas } from "./container-service.ts";
import { createJob } from "./job.ts";
import { workerPlan, workerProofPlan } from "./lib/celery-plan.ts";
import { seconds } from "./lib/duration.ts";
import type { WorkerSettings } from "./lib/settings.ts";

/**
 * Celery workers. Their image is first proved in a container that takes no task, because a worker takes tasks the
 * moment it starts; then new workers run beside the old ones, which finish their tasks and go last.
 */
export class CeleryWorker extends pulumi.ComponentResource {
  /** Ids of the new containers. Known once every gate has passed. */
  readonly containerIds: pulumi.Output<string>[];

  constructor(name: string, args: AppServiceArgs<WorkerSettings>, opts?: pulumi.ComponentResourceOptions) {
    const { host, networks, app, settings, after } = args;
    super("onehost:index:CeleryWorker", name, settings, host.carry(opts));
    const proof = createJob(
      `${name}-proof`,
      { host, networks, app, plan: workerProofPlan(app.settings, settings), timeout: seconds(60) },
      { parent: this, dependsOn: [...after] },
    );
    const { plan, volumes } = app.mounted(workerPlan(app.settings, settings));
    const service = { host, networks, plan, image: app.image, volumes, after: [proof] };
    this.containerIds = createReplicas(name, settings.replicas, service, this).map(({ containerId }) => containerId);
    this.registerOutputs({ containerIds: this.containerIds });
  }
}
