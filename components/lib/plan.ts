import type { Duration } from "./duration.ts";
import type { Size } from "./size.ts";

/** The stack's networks; components/networks.ts says what each is for. */
export type NetworkName = "data" | "edge" | "public" | "egress" | "tools";

/** A command and how often Docker runs it to tell whether the process is able to serve. */
export interface Healthcheck {
  /** Docker's own form: `["CMD", "pg_isready"]`. Without a shell, where the probe can do without. */
  readonly test: readonly string[];
  readonly interval: Duration;
  readonly timeout: Duration;
  /** Failures in a row before the container counts as unhealthy. */
  readonly retries: number;
  /** Failures within this time after the start do not count. */
  readonly startPeriod: Duration;
}

/** What must hold before a new container may serve. */
export interface Readiness {
  /** Commands run inside the container; each must exit with 0. */
  readonly probes: readonly (readonly string[])[];
  /** The gate fails after this time. */
  readonly timeout: Duration;
  /** How long the container must have been running when the probes pass. @default - they may pass at once */
  readonly settle?: Duration;
}

/** A directory in memory. Docker's own default would be root-owned and half of the host's memory. */
export interface Tmpfs {
  readonly size: Size;
  /** Permission bits in octal; only counts where the image has no such directory. @default "1777" */
  readonly mode?: string;
}

export interface Mount {
  /** Key of the volume among those given to the container. */
  readonly volume: string;
  readonly target: string;
  readonly readOnly?: boolean;
}

/** How a service looks for what the engine cannot tell about it: a password or a setting changed inside it. */
export interface SelfCheck {
  /**
   * Run inside the container at every preview; so quick, and bounded. Prints one `property<TAB>found<TAB>declared` per
   * difference, and nothing when all is as declared. A fourth column says what people can do where no repair helps.
   */
  readonly command: readonly string[];
  /** What sets it right: a restart, the edge's switch, or a command inside the container. */
  readonly repair: "restart" | "switch" | readonly string[];
  /** Run by the gate when the service has proved itself: writes down what `command` compares with. @default - nothing */
  readonly proved?: readonly string[];
}

export interface PublishedPort {
  /** Address of the host to listen on. */
  readonly ip: string;
  readonly external: number;
  readonly internal: number;
}

/**
 * What a service is, as plain data. It knows nothing of the Docker provider, so that another engine's renderer
 * (Swarm) can take the same plan.
 */
export interface ServicePlan {
  readonly service: string;
  /**
   * `rolling`: a new container proves itself beside the old one. `recreate`: two at once would corrupt data, fire
   * schedules twice or fight for a port, so the old one goes first and a fixed name is the mutex.
   */
  readonly rollout: "rolling" | "recreate";
  /** `uid:gid` of the process; never root. */
  readonly user: string;
  readonly entrypoint?: readonly string[];
  /** @default - the image's own command */
  readonly command?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly networks: readonly NetworkName[];
  readonly ports?: readonly PublishedPort[];
  readonly mounts?: readonly Mount[];
  readonly tmpfs?: Readonly<Record<string, Tmpfs>>;
  readonly memory: Size;
  /** CPUs in the provider's canonical spelling: "0.5". */
  readonly cpus: string;
  /** Processes and threads. */
  readonly pidsLimit: number;
  /** A tiny init as PID 1, which reaps orphans and forwards signals. */
  readonly init: boolean;
  /** Capabilities added back after all were dropped, without the CAP_ prefix. Say why where one is listed. */
  readonly capabilities?: readonly string[];
  readonly stopSignal: string;
  /** Time between the stop signal and SIGKILL. */
  readonly stopGrace: Duration;
  readonly healthcheck: Healthcheck;
  readonly readiness: Readiness;
  /** @default - the engine knows all there is to know */
  readonly check?: SelfCheck;
}
