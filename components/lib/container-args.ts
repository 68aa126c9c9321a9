import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { bound } from "./bound.ts";
import { goDuration, wholeSeconds } from "./duration.ts";
import { fixedName, LABEL, labelList, stackLabels, type StackId } from "./names.ts";
import type { Healthcheck, NetworkName, ServicePlan, Tmpfs } from "./plan.ts";
import { mebibytes } from "./size.ts";

/** The resources that a plan refers to by name. */
export interface Bindings {
  readonly image: pulumi.Input<string>;
  /** What people call the image; the container itself only knows an id. */
  readonly imageName: string;
  readonly networks: Readonly<Partial<Record<NetworkName, pulumi.Input<string>>>>;
  readonly volumes: Readonly<Record<string, pulumi.Input<string>>>;
}

/** Where a service finds its secrets. */
export const SECRETS_DIRECTORY = "/run/secrets";

/** A plan whose container also mounts the volume with its secrets, read-only. */
export function withSecrets(plan: ServicePlan): ServicePlan {
  const secrets = { volume: "secrets", target: SECRETS_DIRECTORY, readOnly: true };
  return { ...plan, mounts: [...(plan.mounts ?? []), secrets] };
}

/**
 * Edits of these report "updated" and change nothing on the host (provider 5.2.0), so each forces a replacement.
 * Adding or removing a mount replaces by itself, editing one does not.
 */
const SILENTLY_IGNORED = ["mounts", "healthcheck", "init", "tmpfs", "cpuPeriod", "cpuQuota", "rm"];

/**
 * Docker cannot unset these, so the provider would report an edit made on the host for ever; the audit sees it, and a
 * gate sets a value without effect (components/lib/audit/limits.ts).
 */
const NEVER_UNSET = ["cpuShares", "cpuSet", "memoryReservation"];

/** Resource options that a plan asks for, always explicit: the provider's default kills the old container first. */
export function containerOptions(plan: ServicePlan): pulumi.CustomResourceOptions {
  return {
    deleteBeforeReplace: plan.rollout === "recreate",
    replaceOnChanges: SILENTLY_IGNORED,
    ignoreChanges: NEVER_UNSET,
  };
}

/** Translates a plan into the Docker provider's container, hardened, limited and in canonical spelling. */
export function containerArgs(id: StackId, plan: ServicePlan, bindings: Bindings): docker.ContainerArgs {
  return {
    ...identity(id, plan, bindings.imageName),
    ...process(plan),
    ...hardening(plan),
    ...limits(plan),
    ...lifecycle(plan),
    image: bindings.image,
    healthcheck: healthcheck(plan.healthcheck),
    networksAdvanced: plan.networks.map((network) => ({
      name: bound(bindings.networks, network, `${plan.service} joins the network`),
      aliases: aliases(plan),
    })),
    mounts: mounts(plan, bindings),
    logDriver: "json-file",
    logOpts: { "max-file": "3", "max-size": "10m" },
  };
}

function identity(id: StackId, plan: ServicePlan, image: string): Partial<docker.ContainerArgs> {
  const labels = {
    ...stackLabels(id),
    [LABEL.service]: plan.service,
    [LABEL.rollout]: plan.rollout,
    [LABEL.image]: image,
  };
  const name = plan.rollout === "recreate" ? { name: fixedName(id, plan.service) } : {};
  return { ...name, labels: labelList(labels) };
}

/** Only a recreated service is reached by its name: the edge knows a rolling one by its container's name alone. */
function aliases(plan: ServicePlan): string[] {
  return plan.rollout === "recreate" ? [plan.service] : [];
}

function process(plan: ServicePlan): Partial<docker.ContainerArgs> {
  return {
    user: plan.user,
    envs: Object.entries(plan.env)
      .map(([key, value]) => `${key}=${value}`)
      .sort(),
    ...(plan.entrypoint && { entrypoints: [...plan.entrypoint] }),
    ...(plan.command && { command: [...plan.command] }),
    ...(plan.ports && { ports: plan.ports.map((port) => ({ ...port, protocol: "tcp" })) }),
  };
}

function hardening(plan: ServicePlan): Partial<docker.ContainerArgs> {
  return {
    readOnly: true,
    init: plan.init,
    securityOpts: ["no-new-privileges:true"],
    capabilities: { drops: ["ALL"], ...adds(plan.capabilities) },
    tmpfs: tmpfs(plan),
  };
}

/** `CAP_X`, sorted: any other spelling is read back differently and replaces the container in every `up`. */
function adds(capabilities: readonly string[] = []): { adds?: string[] } {
  return capabilities.length === 0 ? {} : { adds: capabilities.map((name) => `CAP_${name}`).sort() };
}

function tmpfs(plan: ServicePlan): Record<string, string> {
  const [uid, gid] = plan.user.split(":");
  const render = ({ size, mode = "1777" }: Tmpfs) => `size=${size.bytes},mode=${mode},uid=${uid},gid=${gid}`;
  return Object.fromEntries(Object.entries(plan.tmpfs ?? {}).map(([path, options]) => [path, render(options)]));
}

/** `memorySwap` equals `memory` (no swap); left out, it would differ in every preview. */
function limits(plan: ServicePlan): Partial<docker.ContainerArgs> {
  const memory = mebibytes(plan.memory);
  return { memory, memorySwap: memory, cpus: plan.cpus };
}

/** `destroyGraceSeconds` is the only grace that a deletion keeps: unset, the provider sends SIGKILL at once. */
function lifecycle(plan: ServicePlan): Partial<docker.ContainerArgs> {
  const grace = wholeSeconds(plan.stopGrace);
  return {
    restart: "unless-stopped",
    mustRun: true,
    stopSignal: plan.stopSignal,
    stopTimeout: grace,
    destroyGraceSeconds: grace,
  };
}

function healthcheck(check: Healthcheck): docker.types.input.ContainerHealthcheck {
  return {
    tests: [...check.test],
    interval: goDuration(check.interval),
    timeout: goDuration(check.timeout),
    startPeriod: goDuration(check.startPeriod),
    retries: check.retries,
  };
}

function mounts(plan: ServicePlan, { volumes }: Bindings): docker.types.input.ContainerMount[] {
  return (plan.mounts ?? []).map(({ volume, target, readOnly = false }) => {
    const source = bound(volumes, volume, `${plan.service} mounts the volume`);
    return { type: "volume", source, target, readOnly };
  });
}
