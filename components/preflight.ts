import * as pulumi from "@pulumi/pulumi";
import { connect } from "./engine/connect.ts";
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
  try {
    return await readPostgresData(connect(host), fixedName(id, "postgres"));
  } catch (error) {
    const must = `must be a Docker host that answers (${error instanceof Error ? error.message : String(error)})`;
    throw new pulumi.RunError(
      renderFault({ key: "host", must, got: host, remedy: "start Docker there, or correct the address" }),
    );
  }
}
