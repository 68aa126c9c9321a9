import { appProcess } from "./app-process.ts";
import { seconds } from "./duration.ts";
import { healthcheck } from "./healthcheck.ts";
import type { ServicePlan } from "./plan.ts";
import type { AppSettings, MigrationsSettings } from "./settings.ts";
import { mib } from "./size.ts";

/** The plan of a job, not of a service: its end is its proof, so its health is never asked. */
export function migrationsPlan(app: AppSettings, { command, timeout }: MigrationsSettings): ServicePlan {
  return {
    ...appProcess(app),
    service: "migrations",
    rollout: "recreate",
    command,
    networks: ["data"],
    tmpfs: { "/tmp": { size: mib(16) } },
    memory: mib(256),
    cpus: "1.0",
    pidsLimit: 100,
    stopSignal: "SIGTERM",
    stopGrace: seconds(30),
    healthcheck: healthcheck(["true"], { retries: 3, startPeriod: seconds(0) }),
    readiness: { probes: [], timeout },
  };
}
