import * as pulumi from "@pulumi/pulumi";
import type { AppServiceArgs } from "./app-service.ts";
import { createJob } from "./job.ts";
import { migrationsPlan } from "./lib/migrations-plan.ts";
import type { MigrationsSettings } from "./lib/settings.ts";

/**
 * Brings the database's schema to what the new version needs, before any of its containers starts. The old version goes
 * on serving meanwhile and after a failure, so a migration has to leave it able to.
 */
export class Migrations extends pulumi.ComponentResource {
  constructor(name: string, args: AppServiceArgs<MigrationsSettings>, opts?: pulumi.ComponentResourceOptions) {
    const { host, networks, app, settings, after } = args;
    super("onehost:index:Migrations", name, settings, host.carry(opts));
    const plan = migrationsPlan(app.settings, settings);
    createJob(name, { host, networks, app, plan, timeout: settings.timeout }, { parent: this, dependsOn: [...after] });
    this.registerOutputs({});
  }
}
