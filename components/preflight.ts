import * as pulumi from "@pulumi/pulumi";
import { connect } from "./engine/connect.ts";
import { faultOfHost } from "./engine/ping.ts";
import { readPostgresData } from "./engine/postgres-data.ts";
import { renderFault, refuse } from "./lib/fault.ts";
import { fixedName } from "./lib/names.ts";
import { dataFaults, type PostgresData } from "./lib/postgres-data.ts";
import type { Settings } from "./lib/settings.ts";

/**
 * Asks the host, at preview, for what settings alone cannot tell: whether they fit the data that is there. The setting
 * `audit: false` leaves it out.
 * @throws pulumi.RunError with the faults, or with the cause where the host cannot be asked; nothing was changed then.
 */
export async function preflight(settings: Settings): Promise<Settings> {
  if (!settings.audit) return settings;
  const data = await askHost(settings);
  if (data) refuse(settings.id.stack, dataFaults(settings.postgres, data));
  return settings;
}

async function askHost({ id, host }: Settings): Promise<PostgresData | undefined> {
  const fault = await faultOfHost(host);
  if (fault) throw new pulumi.RunError(renderFault(fault));
  return readPostgresData(connect(host), fixedName(id, "postgres"));
}
