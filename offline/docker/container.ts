// docker.Container: one table says what each property is, where it goes and how it is read back.
import { type Driver, Unfinished } from "../provider/bridged.ts";
import { bool, int, list, map, type Property, same, set, string, type Table } from "../provider/table.ts";
import { isEmpty, isUnknown, type Props, type Value } from "../provider/values.ts";
import { capabilities, healthcheck, hosts, labels, labelTable, mebibytes, mounts, nanoCpus } from "./codecs.ts";
import { collectBytes, type Engine, EngineError, unframe } from "./engine.ts";
import { explain, findImage, timeouts } from "./images.ts";

interface Binding {
  HostIp: string;
  HostPort: string;
}

interface Inspect {
  readonly Id: string;
  readonly Name: string;
  readonly Image: string;
  readonly Platform: string;
  readonly State: { Running: boolean; ExitCode: number };
  readonly Config: Props & { Image: string };
  readonly HostConfig: Props;
  readonly NetworkSettings: {
    Bridge: string;
    Ports: Record<string, Binding[] | null>;
    Networks: Record<string, Props>;
  };
}

const computed = true;
const required = true;
const unsupported = true;
const never = { read: "never" } as const;
/** Docker's own default: taking it out of the program changes nothing. */
const orUnset = { same: (_: Value, planned: Value) => isEmpty(planned) };
const duration = { default: "0s", pattern: /^([+-]?(0|((\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h))+))$/ };

const port: Table = {
  internal: int("R", { required }),
  external: int("R", { computed }),
  ip: string("R", { default: "0.0.0.0" }),
  protocol: string("R", { default: "tcp" }),
};

const check: Table = {
  tests: list("X"),
  interval: string("X", duration),
  timeout: string("X", duration),
  startPeriod: string("X", duration),
  startInterval: string("X", duration),
  retries: int("X", { default: 0 }),
};

// Only the number of mounts replaces: an edited one is reported as updated and stays as it was.
const mount: Table = {
  target: string("X", { required }),
  source: string("X"),
  type: string("X", { required, pattern: /^(bind|volume|tmpfs)$/ }),
  readOnly: bool("X"),
  bindOptions: list("X", { one: true, of: {}, unsupported }),
  tmpfsOptions: list("R", { one: true, of: {}, unsupported }),
  volumeOptions: list("X", { one: true, of: {}, unsupported }),
};

const attachment: Table = {
  name: string("R", { required }),
  aliases: set("R"),
  ipv4Address: string("R"),
  ipv6Address: string("R"),
  linkLocalIps: set("R", { unsupported }),
  macAddress: string("R", { unsupported }),
  driverOpts: set("R", { unsupported }),
  gwPriority: int("R", { unsupported }),
};

export const table: Table = {
  name: string("R"),
  image: string("R", { required }),
  command: list("R", { computed, at: "Config.Cmd" }),
  entrypoints: list("R", { computed, at: "Config.Entrypoint" }),
  hostname: string("R", { computed, at: "Config.Hostname" }),
  domainname: string("R", { at: "Config.Domainname" }),
  user: string("R", { at: "Config.User", ...orUnset }),
  workingDir: string("R", { at: "Config.WorkingDir", ...orUnset }),
  envs: set("R", { computed, at: "Config.Env", ...never }),
  labels: set("R", { computed, of: labelTable, at: "Config.Labels", as: labels, ...never }),
  ports: list("R", { of: port, same: samePorts }),
  publishAllPorts: bool("R", { at: "HostConfig.PublishAllPorts" }),
  networkMode: string("R", { default: "bridge", at: "HostConfig.NetworkMode" }),
  networksAdvanced: set("R", { of: attachment }),
  mounts: set("R", { of: mount, at: "HostConfig.Mounts", as: mounts }),
  volumes: set("R", { of: {}, unsupported }),
  tmpfs: map("X", { at: "HostConfig.Tmpfs" }),
  uploads: set("R", { of: {}, unsupported }),
  hosts: set("R", {
    of: { host: string("R", { required }), ip: string("R", { required }) },
    at: "HostConfig.ExtraHosts",
    as: hosts,
  }),
  dns: set("R", { at: "HostConfig.Dns" }),
  dnsOpts: set("R", { at: "HostConfig.DnsOptions" }),
  dnsSearches: set("R", { at: "HostConfig.DnsSearch" }),
  capabilities: set("R", { of: { adds: set("R"), drops: set("R") }, one: true }),
  securityOpts: set("R", { computed, at: "HostConfig.SecurityOpt" }),
  privileged: bool("R", { at: "HostConfig.Privileged" }),
  readOnly: bool("R", { default: false, at: "HostConfig.ReadonlyRootfs" }),
  tty: bool("R", { default: false, at: "Config.Tty" }),
  stdinOpen: bool("R", { default: false, at: "Config.OpenStdin" }),
  devices: set("R", { of: {}, unsupported }),
  deviceRequests: set("R", { of: {}, unsupported }),
  gpus: string("R", { unsupported }),
  deviceReadBps: set("U", { of: {}, unsupported }),
  deviceReadIops: set("U", { of: {}, unsupported }),
  deviceWriteBps: set("U", { of: {}, unsupported }),
  deviceWriteIops: set("U", { of: {}, unsupported }),
  memory: int("U", { at: "HostConfig.Memory", as: mebibytes }),
  memoryReservation: int("U", { default: 0, at: "HostConfig.MemoryReservation", as: mebibytes }),
  memorySwap: int("U", { at: "HostConfig.MemorySwap", as: mebibytes }),
  cpuShares: int("U", { at: "HostConfig.CpuShares" }),
  cpuSet: string("U", { at: "HostConfig.CpusetCpus" }),
  restart: string("U", {
    default: "no",
    pattern: /^(no|on-failure|always|unless-stopped)$/,
    at: "HostConfig.RestartPolicy.Name",
  }),
  maxRetryCount: int("U", { at: "HostConfig.RestartPolicy.MaximumRetryCount" }),
  cpus: string("R", { at: "HostConfig.NanoCpus", as: nanoCpus, read: "if found" }),
  cpuPeriod: int("X", { unsupported }),
  cpuQuota: int("X", { unsupported }),
  shmSize: int("R", { computed, at: "HostConfig.ShmSize", as: mebibytes }),
  ulimits: set("R", { of: {}, unsupported }),
  healthcheck: list("X", {
    computed,
    one: true,
    of: check,
    at: "Config.Healthcheck",
    as: healthcheck,
    read: "if found",
  }),
  init: bool("X", { computed, at: "HostConfig.Init" }),
  logDriver: string("R", { computed, at: "HostConfig.LogConfig.Type" }),
  logOpts: map("R", { at: "HostConfig.LogConfig.Config", read: "if set" }),
  storageOpts: map("R", { at: "HostConfig.StorageOpt", unsupported }),
  sysctls: map("R", { at: "HostConfig.Sysctls" }),
  groupAdds: set("R", { at: "HostConfig.GroupAdd" }),
  usernsMode: string("R", { at: "HostConfig.UsernsMode" }),
  ipcMode: string("R", { computed, at: "HostConfig.IpcMode" }),
  pidMode: string("R", { at: "HostConfig.PidMode", read: "if set" }),
  cgroupnsMode: string("R", { unsupported }),
  cgroupParent: string("R", { unsupported }),
  runtime: string("R", { computed, at: "HostConfig.Runtime" }),
  platform: string("R", { computed, unsupported }),
  stopSignal: string("R", { computed, at: "Config.StopSignal" }),
  stopTimeout: int("R", { computed, at: "Config.StopTimeout" }),
  mustRun: bool("N", { default: true }),
  start: bool("N", { default: true }),
  wait: bool("N", { default: false, unsupported }),
  waitTimeout: int("N", { default: 60 }),
  attach: bool("N", { default: false }),
  logs: bool("N", { default: false }),
  rm: bool("X", { default: false, at: "HostConfig.AutoRemove" }),
  removeVolumes: bool("N", { default: true }),
  destroyGraceSeconds: int("N"),
  containerReadRefreshTimeoutMilliseconds: int("N", { default: 15000 }),
  bridge: string(),
  networkDatas: list(),
  exitCode: int(),
  containerLogs: string(),
};

/** The same ports in another order are the same ports; an external port left to the engine is whatever it chose. */
function samePorts(old: Value, planned: Value): boolean {
  if (!Array.isArray(old) || !Array.isArray(planned) || old.length !== planned.length) return false;
  const fits = (a: Props, b: Props) =>
    a.internal === b.internal &&
    a.protocol === b.protocol &&
    a.ip === b.ip &&
    [null, a.external].includes(b.external);
  return (old as Props[]).every((a) => (planned as Props[]).some((b) => fits(a, b)));
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

async function create(engine: Engine, planned: Props) {
  const image = planned.image as string;
  await findImage(engine, image).catch(explain(`Unable to create container with image ${image}`));
  if (Array.isArray(planned.command) && planned.command.includes(""))
    throw new Error("values for command may not be empty");
  const body = specification(planned);
  const created = engine.call<{ Id: string }>("POST", "/containers/create", { query: { name: planned.name! }, body });
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
export function specification(planned: Props): Props {
  const body: Props = { Image: planned.image!, HostConfig: { Init: planned.init === true } };
  for (const [name, { at, as }] of Object.entries(table)) {
    const value = planned[name] ?? null;
    if (at && !isEmpty(value) && !isUnknown(value)) place(body, at.replace(/^Config\./, ""), as ? as.to(value) : value);
  }
  const { adds = [], drops = [] } = (planned.capabilities ?? {}) as Props;
  place(body, "HostConfig.CapAdd", capabilities.to(adds));
  place(body, "HostConfig.CapDrop", capabilities.to(drops));
  return { ...body, ...publish(body, planned.ports as Props[]) };
}

function publish(body: Props, ports: Props[]): Props {
  const bindings: Props = {};
  for (const { internal, protocol, ip, external } of ports) {
    const list = (bindings[`${internal as number}/${protocol as string}`] ??= []) as Value[];
    list.push({ HostIp: ip!, HostPort: String(external ?? 0) });
  }
  const exposed = Object.fromEntries(Object.keys(bindings).map((key) => [key, {}]));
  return { ExposedPorts: exposed, HostConfig: { ...(body.HostConfig as Props), PortBindings: bindings } };
}

function place(target: Props, path: string, value: unknown): void {
  const [head, ...rest] = path.split(".");
  if (rest.length) place((target[head!] ??= {}) as Props, rest.join("."), value);
  else target[head!] = value as Value;
}

/** Created on the default bridge, then moved: the order of the official provider, whose traces stay visible. */
async function connect(engine: Engine, id: string, networks: Props[]): Promise<void> {
  if (networks.length === 0) return;
  await engine.call("POST", "/networks/bridge/disconnect", { body: { Container: id } }).catch((error: unknown) => {
    if (!String(error).includes("is not connected to the network bridge"))
      explain("Unable to disconnect the default network")(error);
  });
  for (const { name, aliases, ipv4Address, ipv6Address } of networks) {
    const IPAMConfig = { IPv4Address: ipv4Address || undefined, IPv6Address: ipv6Address || undefined };
    const body = { Container: id, EndpointConfig: { Aliases: aliases, IPAMConfig } };
    const connected = engine.call("POST", `/networks/${name as string}/connect`, { body });
    await connected.catch(explain(`Unable to connect to network '${name as string}'`));
  }
}

/** Waits for the end; a status other than 0 is no failure here, the program has to look at `exitCode`. */
async function attach(engine: Engine, id: string, planned: Props): Promise<Props> {
  await engine.call("POST", `/containers/${id}/wait`).catch(explain("Unable to wait container end of execution"));
  if (!planned.logs) return {};
  const stream = await engine.open("GET", `/containers/${id}/logs`, { query: { stdout: true, stderr: true } });
  const log = await collectBytes(stream);
  return { containerLogs: planned.tty ? log.toString() : unframe(log) };
}

async function read(engine: Engine, id: string, outputs: Props): Promise<{ id: string; outputs: Props } | undefined> {
  const found = await engine.find<Inspect>(`/containers/${id}/json`);
  if (!found) return undefined;
  const seen = Object.entries(table).flatMap(([name, property]) => look(property, found, outputs[name] ?? null, name));
  const image = String(outputs.image).startsWith("sha256:") ? found.Image : found.Config.Image;
  const { Bridge: bridge, Networks } = found.NetworkSettings;
  const rest = {
    image,
    bridge,
    name: found.Name.replace(/^\//, ""),
    platform: found.Platform,
    networkDatas: networkDatas(Networks),
  };
  return { id: found.Id, outputs: { ...(Object.fromEntries(seen) as Props), ...rest, ...running(found, outputs) } };
}

function look(
  { at, as, read: rule, type }: Property,
  found: Inspect,
  recorded: Value,
  name: string,
): [string, Value][] {
  if (name === "capabilities") return lookForCapabilities(found.HostConfig);
  if (!at || rule === "never") return [];
  const raw = at
    .split(".")
    .reduce<Value>((from, key) => (from as Props | null)?.[key] ?? null, found as unknown as Props);
  if (rule === "if found" && isEmpty(raw)) return [];
  if (rule === "if set" && isEmpty(recorded)) return type === "map" ? [[name, {}]] : [];
  const nothing = { string: "", int: 0, bool: false, list: [], set: [], map: {} }[type];
  return [[name, as ? as.from((raw ?? nothing) as never) : (raw ?? nothing)]];
}

/** Removing all capabilities by hand would go unseen: they are recorded only where the host has some. */
function lookForCapabilities({ CapAdd: adds, CapDrop: drops }: Props): [string, Value][] {
  return isEmpty(adds) && isEmpty(drops) ? [] : [["capabilities", { adds: adds ?? [], drops: drops ?? [] }]];
}

/** What depends on the container being up. A stopped one that must run is recorded as one that need not: the drift. */
function running({ State, NetworkSettings }: Inspect, { mustRun, ports }: Props): Props {
  const bindings =
    (State.Running || mustRun) && !isEmpty(ports) ? { ports: publishedPorts(NetworkSettings.Ports) } : {};
  return State.Running ? bindings : { ...bindings, exitCode: State.ExitCode, ...(mustRun && { mustRun: false }) };
}

function publishedPorts(ports: Record<string, Binding[] | null>): Value {
  const keys = Object.keys(ports).sort((a, b) => parseInt(a) - parseInt(b));
  return keys.flatMap((key) =>
    (ports[key] ?? []).map(({ HostIp, HostPort }) => {
      const [internal, protocol] = key.split("/");
      return { internal: Number(internal), protocol: protocol!, ip: HostIp, external: Number(HostPort) };
    }),
  );
}

const networkDatas = (networks: Record<string, Props>): Value =>
  Object.entries(networks).map(([networkName, n]) => ({
    ...{
      networkName,
      ipAddress: n.IPAddress!,
      ipPrefixLength: n.IPPrefixLen!,
      gateway: n.Gateway!,
      macAddress: n.MacAddress!,
    },
    ...{
      globalIpv6Address: n.GlobalIPv6Address!,
      globalIpv6PrefixLength: n.GlobalIPv6PrefixLen!,
      ipv6Gateway: n.IPv6Gateway!,
    },
  }));

/** Changes what the engine can change; everything else is recorded as if it had been done. */
async function update(engine: Engine, id: string, prior: Props, planned: Props): Promise<Props> {
  if (prior.mustRun === false && planned.mustRun && planned.start) {
    await engine.call("POST", `/containers/${id}/start`).catch(explain("Unable to start container"));
  }
  const updatable = Object.entries(table).filter(([, { change }]) => change === "U");
  if (updatable.every(([name, property]) => same(property, prior[name]!, planned[name]!))) return {};
  const body: Props = {};
  for (const [name, { at, as }] of updatable) {
    const value = planned[name] ?? null;
    if (at && !isEmpty(value)) place(body, at.replace("HostConfig.", ""), as ? as.to(value) : value);
  }
  await engine.call("POST", `/containers/${id}/update`, { body }).catch(explain("Unable to update a container"));
  return {};
}

/** Without `destroyGraceSeconds` in the recorded state the stop is a kill; `stopTimeout` plays no part. */
async function remove(engine: Engine, id: string, outputs: Props): Promise<void> {
  const gone =
    (what: string, ...ignored: string[]) =>
    (error: unknown) => {
      if (!(error instanceof EngineError && ignored.some((text) => error.message.includes(text))))
        explain(`Error ${what} ${id}`)(error);
    };
  const query = { t: outputs.destroyGraceSeconds ?? 0 };
  const missing = "No such container";
  if (!outputs.attach)
    await engine.call("POST", `/containers/${id}/stop`, { query }).catch(gone("stopping container", missing));
  const options = { query: { v: outputs.removeVolumes ?? false, force: true } };
  await engine
    .call("DELETE", `/containers/${id}`, options)
    .catch(gone("deleting container", missing, "is already in progress"));
}
