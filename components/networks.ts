import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Host } from "./host.ts";
import { isReachedByTools } from "./lib/data-networks.ts";
import { labelList } from "./lib/names.ts";
import type { NetworkName } from "./lib/plan.ts";
import type { Settings } from "./lib/settings.ts";
import { tellOfConflict } from "./name-conflict.ts";

export interface NetworksArgs {
  readonly host: Host;
  readonly settings: Pick<Settings, "postgres" | "redis">;
}

/** Traffic between members is refused: services share the way out, not each other. */
const NO_TRAFFIC_BETWEEN_MEMBERS = { "com.docker.network.bridge.enable_icc": "false" };

/** Packets leave under the container's own address, to which no answer finds its way. */
const NO_WAY_BACK = { "com.docker.network.bridge.enable_ip_masquerade": "false" };

/** Which networks reach outside, and their options. */
const NETWORKS: Readonly<Record<NetworkName, { internal: boolean; options?: Record<string, string> }>> = {
  /** Postgres, Redis and what uses them. */
  data: { internal: true },
  /** The edge and what it serves. */
  edge: { internal: true },
  /** The edge alone: a container on internal networks only publishes nothing. */
  public: { internal: false },
  /** The way out for the application. */
  egress: { internal: false, options: NO_TRAFFIC_BETWEEN_MEMBERS },
  /** Postgres and Redis for programs of the host: an internal network would publish nothing. No way out, all the same. */
  tools: { internal: false, options: { ...NO_TRAFFIC_BETWEEN_MEMBERS, ...NO_WAY_BACK } },
};

type NetworkIds = Readonly<Record<Exclude<NetworkName, "tools">, pulumi.Output<string>>> & {
  readonly tools?: pulumi.Output<string>;
};

/** The stack's networks, by what may be reached through them. */
export class Networks extends pulumi.ComponentResource {
  /** Ids, not names: a network that was removed and made again then replaces the containers that lost it. */
  readonly ids: NetworkIds;

  constructor(name: string, { host, settings }: NetworksArgs, opts?: pulumi.ComponentResourceOptions) {
    super("onehost:index:Networks", name, {}, host.carry(opts));
    this.ids = {
      data: this.createNetwork(host, "data"),
      edge: this.createNetwork(host, "edge"),
      public: this.createNetwork(host, "public"),
      egress: this.createNetwork(host, "egress"),
      ...(isReachedByTools(settings) && { tools: this.createNetwork(host, "tools") }),
    };
    this.registerOutputs({ ids: this.ids });
  }

  private createNetwork(host: Host, name: NetworkName): pulumi.Output<string> {
    const network = new docker.Network(
      `network-${name}`,
      { name: host.nameOf(name), driver: "bridge", labels: labelList(host.labels), ...NETWORKS[name] },
      { parent: this },
    );
    tellOfConflict(network, host.audit.networkNamed(host.nameOf(name)));
    return network.id;
  }
}
