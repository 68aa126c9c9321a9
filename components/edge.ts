import * as pulumi from "@pulumi/pulumi";
import { ContainerService } from "./container-service.ts";
import type { Host } from "./host.ts";
import { BOOTSTRAP_CADDYFILE, originOf, SLOTS_DIRECTORY } from "./lib/caddyfile.ts";
import { edgePlan } from "./lib/edge-plan.ts";
import { publishedUrl } from "./lib/published-url.ts";
import type { EdgeSettings, HttpsSettings } from "./lib/settings.ts";
import type { Networks } from "./networks.ts";
import { createOwnedVolume } from "./owned-volume.ts";
import { ServiceImage } from "./service-image.ts";

export interface EdgeArgs {
  readonly host: Host;
  readonly networks: Networks;
  readonly settings: EdgeSettings;
}

/** What a new edge starts from; the switch writes the real configuration. */
const FIRST_FILES = [
  { path: SLOTS_DIRECTORY, mode: 0o700 },
  { path: "/config/Caddyfile", mode: 0o600, content: BOOTSTRAP_CADDYFILE },
];

/** Caddy: the only container that publishes ports. A release neither replaces nor reloads it. */
export class Edge extends pulumi.ComponentResource {
  /** Known once the edge is healthy. */
  readonly containerId: pulumi.Output<string>;
  /** How the application is served by https; undefined without a domain. */
  readonly https: HttpsSettings | undefined;
  /** Address of the application. */
  readonly url: string;

  constructor(name: string, { host, networks, settings }: EdgeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("onehost:index:Edge", name, settings, host.carry(opts));
    const image = new ServiceImage(`${name}-image`, { host, source: settings.image }, { parent: this });
    const owner = { host, user: settings.user, image };
    const config = createOwnedVolume(`${name}-config`, { ...owner, target: "/config", entries: FIRST_FILES }, this);
    // With certificates in it: Let's Encrypt gives out the same one five times a week, then no more.
    const protect = settings.https !== undefined;
    const data = createOwnedVolume(`${name}-data`, { ...owner, target: "/data", protect }, this);
    const service = { host, networks, plan: edgePlan(settings), image, volumes: { config, data } };
    this.containerId = new ContainerService(name, service, { parent: this }).containerId;
    this.https = settings.https;
    this.url = settings.https ? originOf(settings.https) : publishedUrl(host.endpoint, settings.publish);
    this.registerOutputs({ url: this.url });
  }
}
