import type * as command from "@pulumi/command";
import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import type { GateOptions } from "./engine/gate.ts";
import { engineCommand } from "./engine-command.ts";
import type { Host } from "./host.ts";
import { networksOf } from "./lib/audit/networks.ts";
import { DATA_SERVICES } from "./lib/audit/state.ts";
import { wholeSeconds } from "./lib/duration.ts";
import { LABEL } from "./lib/names.ts";
import type { ServicePlan } from "./lib/plan.ts";

export interface GateArgs {
  readonly host: Host;
  readonly plan: ServicePlan;
  readonly container: docker.Container;
  /** Name of the container resource. */
  readonly resource: string;
}

/**
 * Proves that a new container is able to serve before anything depends on it, or fails with the reason. A failed gate
 * is not recorded, so it is asked again in every `up`: a bad release never slips through a second try.
 * The provider's own `wait` is no gate: it burns the whole timeout, and the next `up` counts the failure as success.
 *
 * It is also what cures a container of what the audit finds on it (paused, off its network, stopped …): the finding
 * triggers it once more, it sets the container right and proves it again.
 */
export function createGate(
  name: string,
  { host, plan, container, resource }: GateArgs,
  opts: pulumi.CustomResourceOptions,
): command.local.Command {
  const environment = { CONTAINER: container.id, GATE: JSON.stringify(gateOptions(host, resource, plan)) };
  const { triggers, ignoreChanges } = host.audit.cures(resource, plan);
  return engineCommand(name, { host, script: "gate", environment, triggers }, { ...opts, ignoreChanges });
}

function gateOptions(host: Host, resource: string, plan: ServicePlan): GateOptions {
  const { service, rollout, pidsLimit, readiness, check } = plan;
  const { probes, timeout, settle } = readiness;
  return {
    ...{ service, rollout, pidsLimit, probes },
    ...(check && { check }),
    networks: networksOf(host.id, plan),
    // A server that recovers would begin all over.
    restartable: !DATA_SERVICES.includes(service),
    labels: { ...host.labels, [LABEL.service]: service },
    namesBegin: host.nameOf(resource),
    timeoutSeconds: wholeSeconds(timeout),
    settleSeconds: settle === undefined ? 0 : wholeSeconds(settle),
  };
}
