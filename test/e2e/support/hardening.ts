/** What is read of a container's inspection; the API client's types leave much of it out or open. */
export interface Inspected {
  readonly Name: string;
  readonly Config: {
    readonly User: string;
    readonly Healthcheck?: { readonly Test?: readonly string[] };
    readonly StopTimeout?: number;
  };
  readonly HostConfig: {
    readonly ReadonlyRootfs?: boolean;
    readonly Privileged?: boolean;
    readonly CapDrop?: readonly string[] | null;
    readonly SecurityOpt?: readonly string[] | null;
    readonly Memory?: number;
    readonly MemorySwap?: number;
    readonly NanoCpus?: number;
    readonly PidsLimit?: number;
    readonly LogConfig: { readonly Config: Readonly<Record<string, string>> };
    readonly Init?: boolean;
    readonly RestartPolicy?: { readonly Name: string };
    readonly Tmpfs?: Readonly<Record<string, string>>;
    readonly PidMode?: string;
    readonly IpcMode?: string;
    readonly NetworkMode?: string;
  };
  readonly Mounts: readonly { readonly Type: string }[];
}

const MiB = 2 ** 20;

/** What every container must have, read back from the engine: property → how it is seen. */
export const PROPERTIES: Readonly<Record<string, (container: Inspected) => boolean>> = {
  "runs as a user that is not root": ({ Config }) => /^[1-9]\d*:[1-9]\d*$/.test(Config.User),
  "has a read-only root": ({ HostConfig }) => HostConfig.ReadonlyRootfs === true,
  "drops all capabilities": ({ HostConfig }) => sameList(HostConfig.CapDrop, ["ALL"]),
  "gains no privileges": ({ HostConfig }) => (HostConfig.SecurityOpt ?? []).includes("no-new-privileges:true"),
  "is not privileged": ({ HostConfig }) => HostConfig.Privileged === false,
  "has a memory limit and no swap": ({ HostConfig }) =>
    between(HostConfig.Memory, 16, 2048) && HostConfig.MemorySwap === HostConfig.Memory,
  "has a CPU limit": ({ HostConfig }) => (HostConfig.NanoCpus ?? 0) > 0,
  "has a limit of processes": ({ HostConfig }) => (HostConfig.PidsLimit ?? 0) > 0,
  "rotates its log": ({ HostConfig }) =>
    HostConfig.LogConfig.Config["max-size"] === "10m" && HostConfig.LogConfig.Config["max-file"] === "3",
  "has an init": ({ HostConfig }) => HostConfig.Init === true,
  "restarts unless it was stopped": ({ HostConfig }) => HostConfig.RestartPolicy?.Name === "unless-stopped",
  "has a health check": ({ Config }) => (Config.Healthcheck?.Test ?? [])[0] === "CMD",
  "has a grace period": ({ Config }) => (Config.StopTimeout ?? 0) >= 10,
  "bounds each tmpfs": ({ HostConfig }) =>
    Object.values(HostConfig.Tmpfs ?? {}).every((options) => /size=\d+/.test(options)),
  "mounts no path of the host": ({ Mounts }) => Mounts.every(({ Type }) => Type === "volume"),
  "shares no namespace of the host": ({ HostConfig }) =>
    !HostConfig.PidMode && HostConfig.NetworkMode !== "host" && HostConfig.IpcMode !== "host",
};

/** Stop signals, as each kind of server means a graceful stop. */
export const STOP_SIGNALS: Readonly<Record<string, string>> = {
  postgres: "SIGINT",
  redis: "SIGTERM",
  backend: "SIGTERM",
  frontend: "SIGQUIT",
  worker: "SIGTERM",
  beat: "SIGTERM",
  bot: "SIGTERM",
  edge: "SIGTERM",
};

/** Capabilities that are added back; components/lib/edge-plan.ts says why. */
export const CAPABILITIES: Readonly<Record<string, readonly string[]>> = { edge: ["CAP_NET_BIND_SERVICE"] };

function sameList(found: readonly string[] | null | undefined, wanted: readonly string[]): boolean {
  return JSON.stringify(found ?? []) === JSON.stringify(wanted);
}

function between(bytes: number | undefined, least: number, most: number): boolean {
  return (bytes ?? 0) >= least * MiB && (bytes ?? 0) <= most * MiB;
}
