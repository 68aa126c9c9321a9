import * as pulumi from "@pulumi/pulumi";
import type { AppServiceArgs } from "./app-service.ts";
import { ContainerService } from "./container-service.ts";
import { BEAT_DIRECTORY, beatPlan } from "./lib/celery-plan.ts";
import type { BeatSettings } from "./lib/settings.ts";
import { createOwnedVolume } from "./owned-volume.ts";

/** Celery's schedule: one, never two. It follows the new version once that serves. */
export class CeleryBeat extends pulumi.ComponentResource {
  constructor(name: string, args: AppServiceArgs<BeatSettings>, opts?: pulumi.ComponentResourceOptions) {
    const { host, networks, app, settings, after } = args;
    super("onehost:index:CeleryBeat", name, settings, host.carry(opts));
    const owner = { host, user: app.settings.user, target: BEAT_DIRECTORY, image: app.image };
    const schedule = createOwnedVolume(`${name}-schedule`, owner, this);
    const { plan, volumes } = app.mounted(beatPlan(app.settings, settings));
    const service = { host, networks, plan, image: app.image, volumes: { ...volumes, schedule }, after };
    new ContainerService(name, service, { parent: this });
    this.registerOutputs({});
  }
}
