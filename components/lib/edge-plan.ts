import { EDGE_HEALTH } from "./caddyfile.ts";
import { EDGE_CHECK } from "./edge-check.ts";
import { seconds } from "./duration.ts";
import { healthcheck } from "./healthcheck.ts";
import type { ServicePlan } from "./plan.ts";
import type { EdgeSettings } from "./settings.ts";
import { mib } from "./size.ts";

const HEALTH = ["wget", "-q", "-O", "/dev/null", `http://${EDGE_HEALTH}/healthz`];

/** The plan of the one container that publishes the application. It starts from the last good routes, so a reboot serves them. */
export function edgePlan(settings: EdgeSettings): ServicePlan {
  return {
    service: "edge",
    rollout: "recreate",
    user: settings.user,
    command: ["caddy", "run", "--config", "/config/Caddyfile", "--adapter", "caddyfile"],
    env: { XDG_CONFIG_HOME: "/config", XDG_DATA_HOME: "/data" },
    networks: ["edge", "public"],
    ports: [settings.publish, ...(settings.https ? [settings.https.publish] : [])],
    mounts: ["config", "data"].map((volume) => ({ volume, target: `/${volume}` })),
    tmpfs: { "/run/caddy": { size: mib(1), mode: "0700" } },
    memory: settings.memory,
    cpus: settings.cpus,
    pidsLimit: 200,
    // The official image's binary has this as a file capability: dropped altogether, it does not even start.
    capabilities: ["NET_BIND_SERVICE"],
    init: true,
    stopSignal: "SIGTERM",
    stopGrace: seconds(15),
    healthcheck: healthcheck(HEALTH, { retries: 3, startPeriod: seconds(10) }),
    readiness: { probes: [HEALTH], timeout: seconds(30) },
    check: EDGE_CHECK,
  };
}
