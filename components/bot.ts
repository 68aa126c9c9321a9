import * as pulumi from "@pulumi/pulumi";
import { lowerCase } from "./application.ts";
import { ContainerService } from "./container-service.ts";
import type { Host } from "./host.ts";
import { botPlan } from "./lib/bot-plan.ts";
import { withSecrets } from "./lib/container-args.ts";
import type { BotSettings } from "./lib/settings.ts";
import type { Networks } from "./networks.ts";
import type { Redis } from "./redis.ts";
import { SecretFiles } from "./secret-files.ts";
import { ServiceImage } from "./service-image.ts";

export interface TelegramBotArgs {
  readonly host: Host;
  readonly networks: Networks;
  readonly redis: Redis;
  readonly settings: BotSettings;
  /** What must have proved itself before: everything else, so that a bot that crashes stops nothing. */
  readonly after: readonly pulumi.Resource[];
}

/** A bot with an image of its own, the last to start: when it crashes, `up` names it and all else serves. */
export class TelegramBot extends pulumi.ComponentResource {
  constructor(name: string, args: TelegramBotArgs, opts?: pulumi.ComponentResourceOptions) {
    const { host, networks, redis, settings, after } = args;
    super("onehost:index:TelegramBot", name, settings, host.carry(opts));
    const image = new ServiceImage(`${name}-image`, { host, source: settings.image }, { parent: this });
    const files = { redis_url: redis.url, ...lowerCase(settings.secrets) };
    const secrets = new SecretFiles(
      `${name}-secrets`,
      { host, user: settings.user, files },
      { parent: this, dependsOn: [image] },
    );
    const plan = withSecrets(botPlan(settings));
    const service = { host, networks, plan, image, volumes: { secrets: secrets.volume }, after };
    new ContainerService(name, service, { parent: this });
    this.registerOutputs({});
  }
}
