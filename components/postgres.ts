import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { ContainerService } from "./container-service.ts";
import { createDataVolume } from "./data-volume.ts";
import type { Released } from "./engine/switch.ts";
import type { Host } from "./host.ts";
import { withSecrets } from "./lib/container-args.ts";
import { postgresReleased } from "./lib/postgres-check.ts";
import { postgresPlan } from "./lib/postgres-plan.ts";
import type { PostgresSettings } from "./lib/settings.ts";
import type { Networks } from "./networks.ts";
import { SecretFiles } from "./secret-files.ts";
import { ServiceImage } from "./service-image.ts";

export interface PostgresArgs {
  readonly host: Host;
  readonly networks: Networks;
  readonly settings: PostgresSettings;
}

/**
 * Postgres with its data on a protected volume and a generated password, reached by the stack's own services alone.
 * A replacement stops the old server first: two on one volume would corrupt it.
 *
 * @stateful
 */
export class Postgres extends pulumi.ComponentResource {
  /** `postgresql://role:password@postgres:5432/database`. Secret. */
  readonly url: pulumi.Output<string>;
  /** What to run, and where, once a release serves. */
  readonly released: Released;

  constructor(name: string, { host, networks, settings }: PostgresArgs, opts?: pulumi.ComponentResourceOptions) {
    super("onehost:index:Postgres", name, settings, host.carry(opts));
    const image = new ServiceImage(`${name}-image`, { host, source: settings.image }, { parent: this });
    const data = createDataVolume(`${name}-data`, host, this);
    const password = this.createPassword(name);
    const secrets = new SecretFiles(
      `${name}-secrets`,
      { host, user: settings.user, files: { postgres_password: password } },
      { parent: this, dependsOn: [image] },
    );
    const plan = withSecrets(postgresPlan(settings));
    new ContainerService(
      name,
      { host, networks, plan, image, volumes: { data: data.name, secrets: secrets.volume } },
      { parent: this },
    );
    this.released = { container: host.nameOf(name), command: postgresReleased(settings) };
    this.url = pulumi.interpolate`postgresql://${settings.role}:${password}@${plan.service}:5432/${settings.database}`;
    this.registerOutputs({ url: this.url });
  }

  /** Protected like the volume: Postgres reads it only when the data is first made, so one is of no use without the other. */
  private createPassword(name: string): pulumi.Output<string> {
    return new random.RandomPassword(
      `${name}-password`,
      { length: 32, special: false },
      { parent: this, protect: true },
    ).result;
  }
}
