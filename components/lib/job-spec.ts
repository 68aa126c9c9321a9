import type { JobSpec } from "../engine/job.ts";
import { bound } from "./bound.ts";
import { type Duration, wholeSeconds } from "./duration.ts";
import { LABEL, stackLabels, type StackId } from "./names.ts";
import type { Mount, NetworkName, ServicePlan } from "./plan.ts";

/** A job's container as a request to the Docker Engine: the same plan as a service, hardened and limited alike. */
export function jobSpec(id: StackId, plan: ServicePlan, timeout: Duration, bindings: Resolved): JobSpec {
  return {
    service: plan.service,
    timeoutSeconds: wholeSeconds(timeout),
    networks: plan.networks.map((name) => bound(bindings.networks, name, `${plan.service} joins the network`)),
    create: {
      Image: bindings.image,
      User: plan.user,
      Env: Object.entries(plan.env).map(([key, value]) => `${key}=${value}`),
      Labels: { ...stackLabels(id), [LABEL.service]: plan.service, [LABEL.rollout]: "job" },
      ...(plan.entrypoint && { Entrypoint: [...plan.entrypoint] }),
      ...(plan.command && { Cmd: [...plan.command] }),
      HostConfig: hostConfig(plan, bindings),
    },
  };
}

/** What a plan refers to by name, with all values known. */
export interface Resolved {
  readonly image: string;
  readonly networks: Readonly<Partial<Record<NetworkName, string | undefined>>>;
  readonly volumes: Readonly<Record<string, string>>;
}

function hostConfig(plan: ServicePlan, bindings: Resolved): JobSpec["create"]["HostConfig"] {
  const [uid, gid] = plan.user.split(":");
  return {
    ReadonlyRootfs: true,
    Init: plan.init,
    CapDrop: ["ALL"],
    SecurityOpt: ["no-new-privileges:true"],
    Memory: plan.memory.bytes,
    MemorySwap: plan.memory.bytes,
    NanoCpus: Math.round(Number(plan.cpus) * 1e9),
    PidsLimit: plan.pidsLimit,
    LogConfig: { Type: "json-file", Config: { "max-file": "3", "max-size": "10m" } },
    Tmpfs: Object.fromEntries(
      Object.entries(plan.tmpfs ?? {}).map(([path, { size }]) => [path, `size=${size.bytes},uid=${uid},gid=${gid}`]),
    ),
    Mounts: (plan.mounts ?? []).map((mount) => volumeMount(mount, bindings)),
  };
}

function volumeMount({ volume, target, readOnly = false }: Mount, { volumes }: Resolved) {
  return { Type: "volume" as const, Source: volumes[volume] as string, Target: target, ReadOnly: readOnly };
}
