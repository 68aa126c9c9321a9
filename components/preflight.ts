import * as pulumi from "@pulumi/pulumi";
import type Docker from "dockerode";
import { connect } from "./engine/connect.ts";
import { observe } from "./engine/observe.ts";
import { faultOfHost } from "./engine/ping.ts";
import { readPostgresData } from "./engine/postgres-data.ts";
import { tell } from "./findings.ts";
import { checksOf, declaredStack, probesOf } from "./lib/audit/declared.ts";
import { hostFindings } from "./lib/audit/host.ts";
import { nameOf, NOTHING_SEEN, type Seen } from "./lib/audit/seen.ts";
import { capacityFaults, demands, tightRelease } from "./lib/capacity.ts";
import { renderFault, refuse } from "./lib/fault.ts";
import { fixedName, type StackId } from "./lib/names.ts";
import { dataFaults, dataOfServer, type PostgresData } from "./lib/postgres-data.ts";
import type { Settings } from "./lib/settings.ts";

/** Settings, with what the host has. */
export type Ready = Settings & { readonly seen: Seen };

/**
 * Asks the host, at preview, for what neither settings nor the provider's refresh can tell: whether they fit its data,
 * memory and CPUs, and what has changed behind our back. The setting `audit: false` leaves it out.
 * @throws pulumi.RunError with the faults, or with the cause where the host cannot be asked; nothing was changed then.
 */
export async function preflight(settings: Settings): Promise<Ready> {
  if (!settings.audit) return { ...settings, seen: NOTHING_SEEN };
  const { engine, seen } = await askHost(settings);
  const data = await postgresData(engine, settings.id, seen);
  const faults = data ? dataFaults(settings.postgres, data) : [];
  refuse(settings.id.stack, [...faults, ...capacityFaults(demands(settings), settings.host, seen.capacity)]);
  const tight = tightRelease(demands(settings), seen.capacity);
  if (tight !== undefined) await pulumi.log.warn(tight);
  hostFindings(declaredStack(settings), seen).forEach(tell);
  return { ...settings, seen };
}

async function askHost(settings: Settings): Promise<{ engine: Docker; seen: Seen }> {
  const { id, host } = settings;
  const fault = await faultOfHost(host);
  if (fault) throw new pulumi.RunError(renderFault(fault));
  const engine = connect(host);
  const isDeep = process.env["ONEHOST_AUDIT"] === "deep";
  const questions = { checks: checksOf(settings), probes: isDeep ? probesOf(settings) : {} };
  return { engine, seen: await observe(engine, id, questions) };
}

async function postgresData(engine: Docker, id: StackId, seen: Seen): Promise<PostgresData | undefined> {
  const name = fixedName(id, "postgres");
  const server = seen.containers.find((container) => nameOf(container) === name);
  return (server && dataOfServer(server.info)) ?? readPostgresData(engine, name);
}
