import * as pulumi from "@pulumi/pulumi";
import type { Edge } from "./edge.ts";
import { engineCommand } from "./engine-command.ts";
import type { Host } from "./host.ts";
import { caddyfile, type Route, SLOTS } from "./lib/caddyfile.ts";
import type { Postgres } from "./postgres.ts";

/** A rolling service. */
export interface Rolling extends pulumi.Resource {
  /** Ids of its new containers. Known once every gate has passed. */
  readonly containerIds: pulumi.Output<string>[];
}

/** A rolling service that the edge serves. */
export interface Served extends Rolling {
  readonly service: string;
  readonly port: number;
}

/** Which paths go to which service. */
export type ServedRoute = Pick<Route, "path" | "strip"> & { readonly to: Served };

export interface SwitchArgs {
  readonly host: Host;
  readonly edge: Edge;
  /** Writes down what the release leaves inside its database. */
  readonly postgres: Postgres;
  readonly routes: readonly ServedRoute[];
  /** Rolling services that must have proved themselves too, although the edge does not serve them. */
  readonly alongside: readonly Rolling[];
}

/**
 * The one moment of a release: points every route at the new containers, once all of their gates have passed. It knows
 * containers by id, because the names that a preview shows never come true; and the edge by id, so that a replaced
 * edge gets its routes again before any old container goes.
 */
export class Switch extends pulumi.ComponentResource {
  constructor(
    name: string,
    { host, edge, postgres, routes, alongside }: SwitchArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("onehost:index:Switch", name, {}, opts);
    const environment = {
      EDGE: edge.containerId,
      CADDYFILE: caddyfile(
        routes.map(({ path, strip, to }) => ({ path, strip, service: to.service, port: to.port })),
        edge.https,
      ),
      SLOTS: String(SLOTS),
      LABELS: JSON.stringify(host.labels),
      TARGETS: pulumi.jsonStringify(Object.fromEntries(routes.map(({ to }) => [to.service, to.containerIds]))),
      RELEASED: JSON.stringify(postgres.released),
      ALONGSIDE: pulumi.jsonStringify(alongside.flatMap(({ containerIds }) => containerIds)),
    };
    const dependsOn = [edge, postgres, ...routes.map(({ to }) => to), ...alongside];
    const { triggers, ignoreChanges } = host.audit.switchCures();
    engineCommand(name, { host, script: "switch", environment, triggers }, { parent: this, dependsOn, ignoreChanges });
    this.registerOutputs({});
  }
}
