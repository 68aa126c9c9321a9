import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { ContainerService } from "./container-service.ts";
import { createDataVolume } from "./data-volume.ts";
import type { Host } from "./host.ts";
import { withSecrets } from "./lib/container-args.ts";
import { redisConf, redisPlan } from "./lib/redis-plan.ts";
import type { RedisSettings } from "./lib/settings.ts";
import type { Networks } from "./networks.ts";
import { SecretFiles } from "./secret-files.ts";
import { ServiceImage } from "./service-image.ts";

export interface RedisArgs {
  readonly host: Host;
  readonly networks: Networks;
  readonly settings: RedisSettings;
}

/**
 * Redis as broker and cache: append-only on a protected volume, never evicting, with a generated password.
 *
 * @stateful
 */
export class Redis extends pulumi.ComponentResource {
  /** `redis://:password@redis:6379/0`. Secret. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, { host, networks, settings }: RedisArgs, opts?: pulumi.ComponentResourceOptions) {
    super("onehost:index:Redis", name, settings, host.carry(opts));
    const image = new ServiceImage(`${name}-image`, { host, source: settings.image }, { parent: this });
    const data = createDataVolume(`${name}-data`, host, this);
    const password = new random.RandomPassword(`${name}-password`, { length: 32, special: false }, { parent: this })
      .result;
    const secrets = new SecretFiles(
      `${name}-secrets`,
      { host, user: settings.user, files: { redis_password: password, "redis.conf": password.apply(redisConf) } },
      { parent: this, dependsOn: [image] },
    );
    const plan = withSecrets(redisPlan(settings));
    new ContainerService(
      name,
      { host, networks, plan, image, volumes: { data: data.name, secrets: secrets.volume } },
      { parent: this },
    );
    this.url = pulumi.interpolate`redis://:${password}@${plan.service}:6379/0`;
    this.registerOutputs({ url: this.url });
  }
}
