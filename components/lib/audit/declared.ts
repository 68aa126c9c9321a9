import { backendPlan } from "../backend-plan.ts";
import { botPlan } from "../bot-plan.ts";
import { beatPlan, workerPlan } from "../celery-plan.ts";
import { edgePlan } from "../edge-plan.ts";
import { frontendPlan } from "../frontend-plan.ts";
import type { NetworkName, ServicePlan } from "../plan.ts";
import { postgresPlan } from "../postgres-plan.ts";
import { redisPlan } from "../redis-plan.ts";
import type { Settings } from "../settings.ts";
import type { DeclaredStack } from "./host.ts";

const NETWORKS: readonly NetworkName[] = ["data", "edge", "public", "egress", "tools"];

const VOLUMES = [
  ...["postgres-data", "postgres-secrets", "redis-data", "redis-secrets", "app-secrets", "uploads"],
  ...["beat-schedule", "bot-secrets", "edge-config", "edge-data"],
];

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
  return { id, resources, networks: NETWORKS, volumes: VOLUMES, ports: published.flatMap(({ ports = [] }) => ports) };
}

function replicas(service: string, count = 0): string[] {
  return Array.from({ length: count }, (_, index) => `${service}-${index}`);
}

/** The commands of the services that look inside themselves, by service. */
export function checksOf(settings: Settings): Record<string, readonly string[]> {
  const { postgres, redis, edge } = settings;
  const plans = [postgresPlan(postgres), redisPlan(redis), edgePlan(edge)];
  return Object.fromEntries(plans.flatMap(({ service, check }) => (check ? [[service, check.command]] : [])));
}

/**
 * What is too slow for every preview, by service, so only asked on demand: the readiness probes of all services, and
 * whether the application may write to its volumes.
 */
export function probesOf({ postgres, redis, app, backend, frontend, worker, beat, bot, edge }: Settings): Probes {
  const ofApp = [
    backendPlan(app, backend),
    ...(worker ? [workerPlan(app, worker)] : []),
    ...(beat ? [beatPlan(app, beat)] : []),
  ];
  const others = [
    postgresPlan(postgres),
    redisPlan(redis),
    ...(frontend ? [frontendPlan(frontend)] : []),
    ...(bot ? [botPlan(bot)] : []),
    edgePlan(edge),
  ];
  return Object.fromEntries([
    ...others.map(({ service, readiness }) => [service, readiness.probes]),
    ...ofApp.map((plan) => [plan.service, [...plan.readiness.probes, ...writeProbes(plan)]]),
  ]) as Probes;
}

/** Python, because it is the one tool that the application's image certainly has. */
const MAY_WRITE = [
  "import os, sys",
  'os.access(sys.argv[1], os.W_OK | os.X_OK) or sys.exit(f"{sys.argv[1]} does not let uid {os.getuid()} write")',
].join("\n");

function writeProbes({ mounts = [] }: ServicePlan): string[][] {
  return mounts.filter(({ readOnly }) => !readOnly).map(({ target }) => ["python", "-I", "-c", MAY_WRITE, target]);
}

/** Commands by service that end with 0 when the service is ready. */
export type Probes = Readonly<Record<string, readonly (readonly string[])[]>>;
