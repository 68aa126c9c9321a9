import * as pulumi from "@pulumi/pulumi";
import type { Host } from "./host.ts";
import { withSecrets } from "./lib/container-args.ts";
import type { ServicePlan } from "./lib/plan.ts";
import type { AppSettings } from "./lib/settings.ts";
import { createOwnedVolume } from "./owned-volume.ts";
import type { Postgres } from "./postgres.ts";
import type { Redis } from "./redis.ts";
import { SecretFiles } from "./secret-files.ts";
import { ServiceImage } from "./service-image.ts";

export interface ApplicationArgs {
  readonly host: Host;
  readonly postgres: Postgres;
  readonly redis: Redis;
  readonly settings: AppSettings;
}

/** What all processes of the application share: one image, one set of secrets, one place for uploads. */
export class Application extends pulumi.ComponentResource {
  readonly image: ServiceImage;
  readonly settings: AppSettings;
  /** Volumes by the keys of a plan's mounts. Known once they are filled. */
  readonly volumes: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, args: ApplicationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("onehost:index:Application", name, args.settings, args.host.carry(opts));
    this.settings = args.settings;
    this.image = new ServiceImage(`${name}-image`, { host: args.host, source: args.settings.image }, { parent: this });
    this.volumes = { secrets: this.createSecrets(`${name}-secrets`, args), ...this.createUploads(args) };
    this.registerOutputs({ image: this.image.ref });
  }

  /** A plan of this application with what it mounts. */
  mounted(plan: ServicePlan): { plan: ServicePlan; volumes: Readonly<Record<string, pulumi.Output<string>>> } {
    return { plan: withSecrets(plan), volumes: this.volumes };
  }

  private createSecrets(name: string, { host, postgres, redis, settings }: ApplicationArgs): pulumi.Output<string> {
    const files = { database_url: postgres.url, redis_url: redis.url, ...lowerCase(settings.secrets) };
    const options = { parent: this, dependsOn: [this.image] };
    return new SecretFiles(name, { host, user: settings.user, files }, options).volume;
  }

  private createUploads({ host, settings }: ApplicationArgs): Record<string, pulumi.Output<string>> {
    if (settings.uploads === undefined) return {};
    const args = { host, user: settings.user, target: settings.uploads, image: this.image };
    const data = { fixedName: host.nameOf("uploads"), protect: true };
    return { uploads: createOwnedVolume("uploads", { ...args, ...data }, this) };
  }
}

/** Files are named in lower case, as pydantic's `secrets_dir` and Docker's own secrets are. */
export function lowerCase<T>(secrets: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name.toLowerCase(), value]));
}
