import * as pulumi from "@pulumi/pulumi";
import type { Application } from "./application.ts";
import { engineCommand } from "./engine-command.ts";
import type { Host } from "./host.ts";
import type { Duration } from "./lib/duration.ts";
import { jobSpec } from "./lib/job-spec.ts";
import type { ServicePlan } from "./lib/plan.ts";
import type { Networks } from "./networks.ts";

export interface JobArgs {
  readonly host: Host;
  readonly networks: Networks;
  readonly app: Application;
  readonly plan: ServicePlan;
  /** The job fails when it takes longer. */
  readonly timeout: Duration;
}

/**
 * Runs the application's image once, to its end, and again whenever image, secrets or plan change. A job that fails is
 * not recorded, so it runs again in the next `up`. (The provider's own one-shot containers report success whatever
 * the exit code is.)
 */
export function createJob(name: string, args: JobArgs, opts: pulumi.CustomResourceOptions): pulumi.Resource {
  const { host, networks, app, plan, timeout } = args;
  const mounted = app.mounted(plan);
  const spec = pulumi
    .all([app.image.ref, pulumi.output(networks.ids), pulumi.output(mounted.volumes)])
    .apply(([image, ids, volumes]) =>
      JSON.stringify(jobSpec(host.id, mounted.plan, timeout, { image, networks: ids, volumes })),
    );
  return engineCommand(name, { host, script: "job", environment: { JOB: spec } }, opts);
}
