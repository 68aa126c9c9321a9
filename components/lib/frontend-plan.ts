import { seconds } from "./duration.ts";
import { healthcheck } from "./healthcheck.ts";
import type { ServicePlan } from "./plan.ts";
import type { FrontendSettings } from "./settings.ts";
import { mib } from "./size.ts";

/** The plan of a web server with built assets, reached through the edge alone. */
export function frontendPlan(settings: FrontendSettings): ServicePlan {
  const probe = ["wget", "-q", "-O", "/dev/null", `http://127.0.0.1:${settings.port}${settings.live}`];
  return {
    service: "frontend",
    rollout: "rolling",
    user: settings.user,
    env: {},
    networks: ["edge"],
    // Where nginx' stock configuration writes, and where one made for a read-only root does.
    tmpfs: { "/tmp": { size: mib(8) }, "/var/cache/nginx": { size: mib(8) }, "/var/run": { size: mib(1) } },
    memory: settings.memory,
    cpus: settings.cpus,
    pidsLimit: 50,
    init: true,
    // nginx' graceful stop; SIGTERM cuts running requests.
    stopSignal: "SIGQUIT",
    stopGrace: seconds(30),
    healthcheck: healthcheck(probe, { retries: 3, startPeriod: seconds(10) }),
    readiness: { probes: [probe], timeout: seconds(30) },
  };
}
