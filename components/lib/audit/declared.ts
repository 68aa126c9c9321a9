import { edgePlan } from "../edge-plan.ts";
import type { NetworkName } from "../plan.ts";
import { postgresPlan } from "../postgres-plan.ts";
import { redisPlan } from "../redis-plan.ts";
import type { Settings } from "../settings.ts";
import type { DeclaredStack } from "./host.ts";

const NETWORKS: readonly NetworkName[] = ["data", "edge", "public", "egress", "tools"];

/** What settings declare, as far as the host as a whole is compared with it. */
export function declaredStack(settings: Settings): DeclaredStack {
  const { id, backend, frontend, worker, beat, bot, edge } = settings;
  const singles = Object.entries({ postgres: true, redis: true, edge: true, beat, bot }).filter(([, asked]) => asked);
  const resources = [
    ...singles.map(([service]) => service),
    ...replicas("backend", backend.replicas),
    ...replicas("frontend", frontend?.replicas),
    ...replicas("worker", worker?.replicas),
  ];
  const published = [edgePlan(edge), postgresPlan(settings.postgres), redisPlan(settings.redis)];
  return { id, resources, networks: NETWORKS, ports: published.flatMap(({ ports = [] }) => ports) };
}

function replicas(service: string, count = 0): string[] {
  return Array.from({ length: count }, (_, index) => `${service}-${index}`);
}

/** The commands of the services that look inside themselves, by service. */
export function checksOf({ postgres, redis, edge }: Settings): Record<string, readonly string[]> {
  const plans = [postgresPlan(postgres), redisPlan(redis), edgePlan(edge)];
  return Object.fromEntries(plans.flatMap(({ service, check }) => (check ? [[service, check.command]] : [])));
}
