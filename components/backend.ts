import * as pulumi from "@pulumi/pulumi";
import { ContainerService } from "./container-service.ts";
import type { Host } from "./host.ts";
import { backendPlan } from "./lib/backend-plan.ts";
import type { BackendSettings } from "./lib/settings.ts";
import type { Networks } from "./networks.ts";
import type { Postgres } from "./postgres.ts";
import type { Redis } from "./redis.ts";
import { SecretFiles } from "./secret-files.ts";
import { ServiceImage } from "./service-image.ts";

export interface BackendArgs {
  readonly host: Host;
  readonly networks: Networks;
  readonly postgres: Postgres;
  readonly redis: Redis;
  readonly settings: BackendSettings;
}

/**
 * The application's HTTP service, in one or more containers. A new version starts beside the old one and proves itself;
 * it serves once the edge is switched.
 */
export class Backend extends pulumi.ComponentResource {
  readonly service = "backend";
  readonly port: number;
  /** Ids of the containers to switch to, replica by replica. Known once every gate has passed. */
  readonly containerIds: pulumi.Output<string>[];

  constructor(name: string, args: BackendArgs, opts?: pulumi.ComponentResourceOptions) {
    super("onehost:index:Backend", name, args.settings, args.host.carry(opts));
    const { host, networks, postgres, redis, settings } = args;
    const image = new ServiceImage(`${name}-image`, { host, source: settings.image }, { parent: this });
    const secrets = new SecretFiles(
      `${name}-secrets`,
      {
        host,
        user: settings.user,
        files: { database_url: postgres.url, redis_url: redis.url, ...lowerCase(settings.secrets) },
      },
      { parent: this, dependsOn: [image] },
    );
    const plan = backendPlan(settings);
    const createReplica = (_: unknown, index: number): ContainerService =>
      new ContainerService(
        `${name}-${index}`,
        { host, networks, plan, image, secrets: secrets.volume },
        { parent: this, dependsOn: [postgres, redis] },
      );
    const replicas = Array.from({ length: settings.replicas }, createReplica);
    this.port = settings.port;
    this.containerIds = replicas.map((replica) => replica.containerId);
    this.registerOutputs({ containerIds: this.containerIds });
  }
}

/** Files are named in lower case, as pydantic's `secrets_dir` and Docker's own secrets are. */
function lowerCase<T>(secrets: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name.toLowerCase(), value]));
}
