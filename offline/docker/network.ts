// docker.Network and docker.Volume: every property replaces.
import { setTimeout as sleep } from "node:timers/promises";
import type { Driver } from "../provider/bridged.ts";
import { bool, list, map, set, string, type Table } from "../provider/table.ts";
import { isEmpty, isUnknown, type Props, type Value } from "../provider/values.ts";
import { labels, labelTable } from "./codecs.ts";
import { type Engine, EngineError } from "./engine.ts";
import { explain } from "./images.ts";

const computed = true;

const ipam: Table = { subnet: string("R"), ipRange: string("R"), gateway: string("R"), auxAddress: map("R") };

const networkTable: Table = {
  name: string("R", { at: "Name" }),
  labels: set("R", { of: labelTable, at: "Labels", as: labels }),
  driver: string("R", { computed, at: "Driver" }),
  options: map("R", { computed, at: "Options" }),
  internal: bool("R", { computed, at: "Internal" }),
  attachable: bool("R", { at: "Attachable" }),
  ingress: bool("R", { at: "Ingress" }),
  ipv6: bool("R", { at: "EnableIPv6" }),
  ipamDriver: string("R", { default: "default" }),
  ipamOptions: map("R"),
  ipamConfigs: set("R", { computed, of: ipam }),
  scope: string(),
};

const volumeTable: Table = {
  name: string("R", { computed, at: "Name" }),
  labels: set("R", { of: labelTable, at: "Labels", as: labels }),
  driver: string("R", { computed, at: "Driver" }),
  driverOpts: map("R", { at: "DriverOpts" }),
  cluster: list("N", { of: {}, one: true, unsupported: true }),
  mountpoint: string(),
};

/** The body of a create call: what the program has set, and nothing else. */
function specification(table: Table, planned: Props): Props {
  const rows = Object.entries(table).flatMap(([name, { at, as }]) => {
    const value = planned[name] ?? null;
    return at && !isEmpty(value) && !isUnknown(value) ? [[at, as ? as.to(value) : value]] : [];
  });
  return Object.fromEntries(rows) as Props;
}

/** The rows of the table as the engine tells them. */
function look(table: Table, found: Props): Props {
  const rows = Object.entries(table).flatMap(([name, { at, as }]) => {
    const value = (at && found[at]) ?? null;
    return at ? [[name, as ? as.from(value as never) : value]] : [];
  });
  return Object.fromEntries(rows) as Props;
}

/** Tries until nothing uses it any more, for as long as the official provider does. */
async function removeWhenFree(engine: Engine, path: string, inUse: string, waiting: string): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(500)) {
    try {
      return await engine.call("DELETE", path);
    } catch (error) {
      if (error instanceof EngineError && error.status === 404) return;
      if (!(error as Error).message.includes(inUse)) throw error;
    }
  }
  throw new Error(`timeout while waiting for state to become 'removed' (last state: '${waiting}', timeout: 30s)`);
}

interface Network extends Props {
  Id: string;
  Scope: string;
  IPAM: { Driver: string; Options: Props | null; Config: Record<string, Value>[] | null };
}

async function readNetwork(engine: Engine, id: string) {
  const found = await engine.find<Network>(`/networks/${id}`);
  if (!found) return undefined;
  const { Driver: ipamDriver, Options, Config } = found.IPAM;
  const ipamConfigs = (Config ?? []).map((c) => ({
    ...{ subnet: c.Subnet ?? "", ipRange: c.IPRange ?? "", gateway: c.Gateway ?? "" },
    auxAddress: c.AuxiliaryAddresses ?? {},
  }));
  const outputs = {
    ...look(networkTable, found),
    ipamDriver,
    ipamOptions: Options ?? {},
    ipamConfigs,
    scope: found.Scope,
  };
  return { id: found.Id, outputs };
}

export const network = (engine: () => Engine): Driver => ({
  table: networkTable,
  meta: '{"schema_version":"1"}',
  autonamed: true,
  async create(planned) {
    const configs = isUnknown(planned.ipamConfigs) ? [] : (planned.ipamConfigs as Props[]);
    const Config = configs.map((c) => ({
      Subnet: c.subnet,
      IPRange: c.ipRange,
      Gateway: c.gateway,
      AuxiliaryAddresses: c.auxAddress,
    }));
    const IPAM = { Driver: planned.ipamDriver, Options: planned.ipamOptions, Config };
    const body = { ...specification(networkTable, planned), IPAM, CheckDuplicate: true };
    const created = engine().call<{ Id: string }>("POST", "/networks/create", { body });
    const { Id } = await created.catch(explain("Unable to create network"));
    return (await readNetwork(engine(), Id))!;
  },
  read: (id) => readNetwork(engine(), id),
  delete: (id) => removeWhenFree(engine(), `/networks/${id}`, "has active endpoints", "pending"),
});

async function readVolume(engine: Engine, id: string) {
  const found = await engine.find(`/volumes/${id}`).catch(explain("Unable to inspect volume"));
  if (!found) return undefined;
  const outputs = { ...look(volumeTable, found), driverOpts: found.Options ?? {}, mountpoint: found.Mountpoint! };
  return { id: found.Name as string, outputs };
}

export const volume = (engine: () => Engine): Driver => ({
  table: volumeTable,
  meta: '{"schema_version":"1"}',
  autonamed: true,
  async create(planned) {
    const body = specification(volumeTable, planned);
    const created = engine().call<{ Name: string }>("POST", "/volumes/create", { body });
    const { Name } = await created.catch(explain("Unable to create volume"));
    return (await readVolume(engine(), Name))!;
  },
  read: (id) => readVolume(engine(), id),
  delete: (id) => removeWhenFree(engine(), `/volumes/${id}?force=1`, "volume is in use", "in_use"),
});
