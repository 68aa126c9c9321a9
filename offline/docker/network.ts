// docker.Network and docker.Volume: every property replaces.
import { setTimeout as sleep } from "node:timers/promises";
import { type Driver, explain, type Found } from "../provider/bridged.ts";
import { bool, map, set, string, type Table } from "../provider/table.ts";
import type { Props } from "../provider/values.ts";
import { labels, labelTable, look, write } from "./codecs.ts";
import { type Engine, EngineError } from "./engine.ts";

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
  ipamDriver: string("R", { default: "default", at: "IPAM.Driver" }),
  ipamOptions: map("R", { at: "IPAM.Options" }),
  ipamConfigs: set("R", {
    computed,
    of: ipam,
    at: "IPAM.Config",
    as: {
      to: (configs) =>
        (configs as Props[]).map((c) => ({
          Subnet: c.subnet,
          IPRange: c.ipRange,
          Gateway: c.gateway,
          AuxiliaryAddresses: c.auxAddress,
        })),
      from: (configs: Props[]) =>
        configs.map((c) => ({
          ...{ subnet: c.Subnet ?? "", ipRange: c.IPRange ?? "", gateway: c.Gateway ?? "" },
          auxAddress: c.AuxiliaryAddresses ?? {},
        })),
    },
  }),
  scope: string(undefined, { at: "Scope" }),
};

const volumeTable: Table = {
  name: string("R", { computed, at: "Name" }),
  labels: set("R", { of: labelTable, at: "Labels", as: labels }),
  driver: string("R", { computed, at: "Driver" }),
  driverOpts: map("R", { at: "Options" }),
  mountpoint: string(undefined, { at: "Mountpoint" }),
};

/** Tries until nothing uses it any more, for as long as the official provider does. */
async function removeWhenFree(engine: Engine, path: string, inUse: string, waiting: string): Promise<void> {
  const removed = (error: unknown) => {
    if (error instanceof EngineError && error.status === 404) return true;
    if ((error as Error).message.includes(inUse)) return false;
    throw error;
  };
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(500)) {
    if (await engine.call("DELETE", path).then(() => true, removed)) return;
  }
  throw new Error(`timeout while waiting for state to become 'removed' (last state: '${waiting}', timeout: 30s)`);
}

/** A driver of things that are created, read and removed, and named by the field of the answer that is given. */
function simple(
  engine: () => Engine,
  what: string,
  path: string,
  table: Table,
  key: string,
): Pick<Driver, "create" | "read"> {
  const read = async (id: string): Promise<Found | undefined> => {
    const found = await engine()
      .find(`${path}/${id}`)
      .catch(explain(`Unable to inspect ${what}`));
    return found && { id: found[key] as string, outputs: look(table, found) };
  };
  return {
    read,
    async create(planned) {
      const { Options: DriverOpts, ...body } = write(table, planned);
      const options = what === "volume" ? { DriverOpts } : { Options: DriverOpts, CheckDuplicate: true };
      const created = engine().call("POST", `${path}/create`, { body: { ...body, ...options } });
      const answer = await created.catch(explain(`Unable to create ${what}`));
      return (await read(answer[key] as string))!;
    },
  };
}

export const network = (engine: () => Engine): Driver => ({
  table: networkTable,
  meta: '{"schema_version":"1"}',
  autonamed: true,
  ...simple(engine, "network", "/networks", networkTable, "Id"),
  delete: (id) => removeWhenFree(engine(), `/networks/${id}`, "has active endpoints", "pending"),
});

export const volume = (engine: () => Engine): Driver => ({
  table: volumeTable,
  meta: '{"schema_version":"1"}',
  autonamed: true,
  ...simple(engine, "volume", "/volumes", volumeTable, "Name"),
  delete: (id) => removeWhenFree(engine(), `/volumes/${id}?force=1`, "volume is in use", "in_use"),
});
