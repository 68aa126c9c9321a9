import type * as command from "@pulumi/command";
import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import type { GateOptions } from "./engine/gate.ts";
import { engineCommand } from "./engine-command.ts";
import type { Host } from "./host.ts";
import { wholeSeconds } from "./lib/duration.ts";
import type { ServicePlan } from "./lib/plan.ts";

/**
 * Proves that a new container is able to serve before anything depends on it, or fails with the reason. A failed gate
 * is not recorded, so it is asked again in every `up`: a bad release never slips through a second try.
 * The provider's own `wait` is no gate: it burns the whole timeout, and the next `up` counts the failure as success.
 */
export function createGate(
  name: string,
  { host, plan, container }: { host: Host; plan: ServicePlan; container: docker.Container },
  opts: pulumi.CustomResourceOptions,
): command.local.Command {
  const environment = { CONTAINER: container.id, GATE: JSON.stringify(gateOptions(plan)) };
  return engineCommand(name, { host, script: "gate", environment, triggers: [container.id] }, opts);
}

function gateOptions({ service, rollout, pidsLimit, readiness }: ServicePlan): GateOptions {
  const { probes, timeout, settle } = readiness;
  const settleSeconds = settle === undefined ? 0 : wholeSeconds(settle);
  return { service, rollout, pidsLimit, probes, timeoutSeconds: wholeSeconds(timeout), settleSeconds };
}
