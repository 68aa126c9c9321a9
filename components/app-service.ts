import type * as pulumi from "@pulumi/pulumi";
import type { Application } from "./application.ts";
import type { Host } from "./host.ts";
import type { Networks } from "./networks.ts";

/** What every component that runs the application's image is given. */
export interface AppServiceArgs<Settings> {
  readonly host: Host;
  readonly networks: Networks;
  readonly app: Application;
  readonly settings: Settings;
  /** What must be there, or have proved itself, before it starts. */
  readonly after: readonly pulumi.Resource[];
}
