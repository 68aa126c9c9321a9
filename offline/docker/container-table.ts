// The properties of docker.Container: what a change of each does, where it goes and how it is read back.
import { bool, int, list, map, set, string, type Table } from "../provider/table.ts";
import { isEmpty, type Props, type Value } from "../provider/values.ts";
import { healthcheck, labels, labelTable, mebibytes, mounts, nanoCpus } from "./codecs.ts";

const computed = true;
const required = true;
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
};

const attachment: Table = {
  name: string("R", { required }),
  aliases: set("R"),
  ipv4Address: string("R"),
  ipv6Address: string("R"),
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
  tmpfs: map("X", { at: "HostConfig.Tmpfs" }),
  dns: set("R", { at: "HostConfig.Dns" }),
  dnsOpts: set("R", { at: "HostConfig.DnsOptions" }),
  dnsSearches: set("R", { at: "HostConfig.DnsSearch" }),
  capabilities: set("R", { of: { adds: set("R"), drops: set("R") }, one: true }),
  securityOpts: set("R", { computed, at: "HostConfig.SecurityOpt" }),
  privileged: bool("R", { at: "HostConfig.Privileged" }),
  readOnly: bool("R", { default: false, at: "HostConfig.ReadonlyRootfs" }),
  tty: bool("R", { default: false, at: "Config.Tty" }),
  stdinOpen: bool("R", { default: false, at: "Config.OpenStdin" }),
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
  shmSize: int("R", { computed, at: "HostConfig.ShmSize", as: mebibytes }),
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
  sysctls: map("R", { at: "HostConfig.Sysctls" }),
  groupAdds: set("R", { at: "HostConfig.GroupAdd" }),
  usernsMode: string("R", { at: "HostConfig.UsernsMode" }),
  ipcMode: string("R", { computed, at: "HostConfig.IpcMode" }),
  pidMode: string("R", { at: "HostConfig.PidMode", read: "if set" }),
  runtime: string("R", { computed, at: "HostConfig.Runtime" }),
  stopSignal: string("R", { computed, at: "Config.StopSignal" }),
  stopTimeout: int("R", { computed, at: "Config.StopTimeout" }),
  mustRun: bool("N", { default: true }),
  start: bool("N", { default: true }),
  waitTimeout: int("N", { default: 60 }),
  attach: bool("N", { default: false }),
  logs: bool("N", { default: false }),
  rm: bool("X", { default: false, at: "HostConfig.AutoRemove" }),
  removeVolumes: bool("N", { default: true }),
  destroyGraceSeconds: int("N"),
  containerReadRefreshTimeoutMilliseconds: int("N", { default: 15000 }),
  // An input too, officially; one that never matches what is read back, and so replaces in every run.
  platform: string(),
  bridge: string(),
  networkDatas: list(),
  exitCode: int(),
  containerLogs: string(),
};

/** The same ports in another order are the same ports; an external port left to the engine is whatever it chose. */
function samePorts(old: Value, planned: Value): boolean {
  if (!Array.isArray(old) || !Array.isArray(planned) || old.length !== planned.length) return false;
  const fits = (a: Props, b: Props) =>
    a.internal === b.internal && a.protocol === b.protocol && a.ip === b.ip && [null, a.external].includes(b.external);
  return (old as Props[]).every((a) => (planned as Props[]).some((b) => fits(a, b)));
}
