import * as pulumi from "@pulumi/pulumi";
import type { Edge } from "./edge.ts";
import { engineCommand } from "./engine-command.ts";
import type { Host } from "./host.ts";
import { caddyfile, type Route, SLOTS } from "./lib/caddyfile.ts";

/** A rolling service that the edge serves. */
export interface Served {
  readonly service: string;
  readonly port: number;
  readonly containerIds: pulumi.Output<string>[];
}

export interface SwitchArgs {
  readonly host: Host;
  readonly edge: Edge;
  /** Which paths go where, the most special first. */
  readonly routes: readonly { readonly prefix: string; readonly strip: boolean; readonly to: Served }[];
}

/**
 * The one moment of a release: points every route at the new containers, once all of their gates have passed. It knows
 * containers by id, because the names that a preview shows never come true; and the edge by id, so that a replaced
 * edge gets its routes again before any old container goes.
 */
export class Switch extends pulumi.ComponentResource {
  constructor(name: string, { host, edge, routes }: SwitchArgs, opts?: pulumi.ComponentResourceOptions) {
    super("onehost:index:Switch", name, {}, opts);
    const targets = Object.fromEntries(routes.map(({ to }) => [to.service, to.containerIds]));
    const environment = {
      EDGE: edge.containerId,
      CADDYFILE: caddyfile(routes.map(plainRoute)),
      SLOTS: String(SLOTS),
      LABELS: JSON.stringify(host.labels),
      TARGETS: pulumi.jsonStringify(targets),
    };
    engineCommand(
      name,
      { host, script: "switch", environment },
      { parent: this, dependsOn: routes.map(({ to }) => to as never) },
    );
    this.registerOutputs({});
  }
}

function plainRoute({ prefix, strip, to }: SwitchArgs["routes"][number]): Route {
  return { prefix, strip, service: to.service, port: to.port };
}
