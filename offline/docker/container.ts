// docker.Container: what its table does not say.
import { buffer } from "node:stream/consumers";
import { type Driver, explain, type Found, Unfinished } from "../provider/bridged.ts";
import { same } from "../provider/table.ts";
import { isEmpty, isObject, mapValues, type Props, type Value } from "../provider/values.ts";
import { capabilityNames, look, write } from "./codecs.ts";
import { table } from "./container-table.ts";
import { type Engine, unframe } from "./engine.ts";
import { findImage, timeouts } from "./images.ts";

interface Binding {
  HostIp: string;
  HostPort: string;
}

interface Port {
  readonly internal: number;
  readonly external: number | null;
  readonly ip: string;
  readonly protocol: string;
}

interface Inspect {
  readonly Name: string;
  readonly Image: string;
  readonly Platform: string;
  readonly State: { Running: boolean; ExitCode: number };
  readonly Config: { Image: string };
  readonly HostConfig: Props;
  readonly NetworkSettings: {
    Bridge: string;
    Ports: Record<string, Binding[] | null>;
    Networks: Record<string, Props>;
  };
}

export const container = (engine: () => Engine): Driver => ({
  table,
  meta: `{${timeouts},"schema_version":"2"}`,
  autonamed: true,
  // Delete-first even when autonamed; a program overrides it with `deleteBeforeReplace: false`.
  deleteBeforeReplace: true,
  create: (planned) => create(engine(), planned),
  read: (id, outputs) => read(engine(), id, outputs),
  update: (id, prior, planned) => update(engine(), id, prior, planned),
  delete: (id, outputs) => remove(engine(), id, outputs),
});

async function create(engine: Engine, planned: Props): Promise<Found> {
  const image = planned.image as string;
  await findImage(engine, image).catch(explain(`Unable to create container with image ${image}`));
  if (Array.isArray(planned.command) && planned.command.includes("")) {
    throw new Error("values for command may not be empty");
  }
  const call = { query: { name: planned.name! }, body: await specification(engine, planned) };
  const created = engine.call<{ Id: string }>("POST", "/containers/create", call);
  const { Id: id } = await created.catch(explain("Unable to create container"));
  try {
    await connect(engine, id, planned.networksAdvanced as Props[]);
    if (planned.start) await engine.call("POST", `/containers/${id}/start`).catch(explain("Unable to start container"));
    const finished = planned.attach ? await attach(engine, id, planned) : {};
    const { outputs } = (await read(engine, id, planned))!;
    return { id, outputs: { ...outputs, ...finished } };
  } catch (error) {
    throw new Unfinished((error as Error).message, id);
  }
}

/** The body of a create call: every row of the table that has a place there, and the few that need more than one. */
async function specification(engine: Engine, planned: Props): Promise<Props> {
  const { startInterval = "0s" } = isObject(planned.healthcheck) ? planned.healthcheck : {};
  if (startInterval !== "0s") await engine.needs(44, "specify health-check start interval");
  const { Config = {}, HostConfig = {} } = write(table, planned) as Record<string, Props>;
  const { adds = [], drops = [] } = (planned.capabilities ?? {}) as Props;
  const bindings: Record<string, Binding[]> = {};
  for (const { internal, protocol, ip, external } of planned.ports as unknown as Port[]) {
    (bindings[`${internal}/${protocol}`] ??= []).push({ HostIp: ip, HostPort: String(external ?? 0) });
  }
  return {
    ...Config,
    Image: planned.image!,
    ExposedPorts: mapValues(bindings, () => ({})),
    HostConfig: {
      ...HostConfig,
      // Said even when false, so the daemon's own default never counts.
      Init: planned.init === true,
      CapAdd: capabilityNames(adds),
      CapDrop: capabilityNames(drops),
      PortBindings: bindings as unknown as Props,
    },
  };
}

/** Created on the default bridge, then moved: the order of the official provider, whose traces stay visible. */
async function connect(engine: Engine, id: string, networks: Props[]): Promise<void> {
  if (networks.length === 0) return;
  await engine.call("POST", "/networks/bridge/disconnect", { body: { Container: id } }).catch((error: Error) => {
    if (!error.message.includes("is not connected to the network bridge")) throw error;
  });
  for (const { name, aliases, ipv4Address, ipv6Address } of networks) {
    const IPAMConfig = { IPv4Address: ipv4Address, IPv6Address: ipv6Address };
    const body = { Container: id, EndpointConfig: { Aliases: aliases, IPAMConfig } };
    const connected = engine.call("POST", `/networks/${name as string}/connect`, { body });
    await connected.catch(explain(`Unable to connect to network '${name as string}'`));
  }
}

/** Waits for the end; a status other than 0 is no failure here, the program has to look at `exitCode`. */
async function attach(engine: Engine, id: string, planned: Props): Promise<Props> {
  await engine.call("POST", `/containers/${id}/wait`).catch(explain("Unable to wait container end of execution"));
  if (!planned.logs) return {};
  const log = await buffer(
    await engine.open("GET", `/containers/${id}/logs`, { query: { stdout: true, stderr: true } }),
  );
  return { containerLogs: planned.tty ? log.toString() : unframe(log) };
}

async function read(engine: Engine, id: string, outputs: Props): Promise<Found | undefined> {
  const found = await engine.find<Inspect>(`/containers/${id}/json`);
  if (!found) return undefined;
  const { Bridge: bridge, Networks } = found.NetworkSettings;
  const image = (outputs.image as string).startsWith("sha256:") ? found.Image : found.Config.Image;
  const rest = {
    image,
    bridge,
    name: found.Name.slice(1),
    platform: found.Platform,
    networkDatas: networkDatas(Networks),
  };
  const { CapAdd: adds, CapDrop: drops } = found.HostConfig;
  // Recorded only where the host has some: taking them all away by hand goes unseen.
  const capabilities =
    isEmpty(adds) && isEmpty(drops) ? {} : { capabilities: { adds: adds ?? [], drops: drops ?? [] } };
  return {
    id,
    outputs: {
      ...look(table, found as unknown as Props, outputs),
      ...rest,
      ...capabilities,
      ...running(found, outputs),
    },
  };
}

/** What depends on the container being up. A stopped one that must run is recorded as one that need not: the drift. */
function running({ State, NetworkSettings }: Inspect, { mustRun, ports }: Props): Props {
  const bindings =
    (State.Running || mustRun) && !isEmpty(ports) ? { ports: publishedPorts(NetworkSettings.Ports) } : {};
  return State.Running ? bindings : { ...bindings, exitCode: State.ExitCode, ...(mustRun && { mustRun: false }) };
}

function publishedPorts(ports: Record<string, Binding[] | null>): Value {
  const keys = Object.keys(ports).sort((a, b) => parseInt(a) - parseInt(b));
  return keys.flatMap((key) => {
    const [internal, protocol] = key.split("/");
    const port = { internal: Number(internal), protocol: protocol! };
    return (ports[key] ?? []).map(({ HostIp, HostPort }) => ({ ...port, ip: HostIp, external: Number(HostPort) }));
  });
}

const dataNames = {
  ...{ ipAddress: "IPAddress", ipPrefixLength: "IPPrefixLen", gateway: "Gateway", macAddress: "MacAddress" },
  ...{
    globalIpv6Address: "GlobalIPv6Address",
    globalIpv6PrefixLength: "GlobalIPv6PrefixLen",
    ipv6Gateway: "IPv6Gateway",
  },
};

const networkDatas = (networks: Record<string, Props>): Value =>
  Object.entries(networks).map(([networkName, n]) => ({
    networkName,
    ...mapValues(dataNames, (name) => n[name] ?? null),
  }));

/** Changes what the engine can change; everything else is recorded as if it had been done. */
async function update(engine: Engine, id: string, prior: Props, planned: Props): Promise<Props> {
  if (prior.mustRun === false && planned.mustRun && planned.start) {
    await engine.call("POST", `/containers/${id}/start`).catch(explain("Unable to start container"));
  }
  const updatable = Object.fromEntries(Object.entries(table).filter(([, { change }]) => change === "U"));
  const unchanged = Object.entries(updatable).every(([name, row]) => same(row, prior[name]!, planned[name]!));
  const body = write(updatable, planned).HostConfig;
  if (!unchanged)
    await engine.call("POST", `/containers/${id}/update`, { body }).catch(explain("Unable to update a container"));
  return {};
}

/** Without `destroyGraceSeconds` in the recorded state the stop is a kill; `stopTimeout` plays no part. */
async function remove(engine: Engine, id: string, outputs: Props): Promise<void> {
  const unlessGone = (what: string) => (error: Error) => {
    if (!/No such container|is already in progress/.test(error.message))
      explain(`Error ${what} container ${id}`)(error);
  };
  const grace = { query: { t: outputs.destroyGraceSeconds ?? 0 } };
  if (!outputs.attach) await engine.call("POST", `/containers/${id}/stop`, grace).catch(unlessGone("stopping"));
  const options = { query: { v: outputs.removeVolumes ?? false, force: true } };
  await engine.call("DELETE", `/containers/${id}`, options).catch(unlessGone("deleting"));
}
