import { seconds } from "./duration.ts";
import { healthcheck } from "./healthcheck.ts";
import type { ServicePlan } from "./plan.ts";
import type { BotSettings } from "./settings.ts";
import { mib } from "./size.ts";

/** Passes in any container that runs. */
const RUNS = ["true"];

/** The plan of a bot: one at a time, because two would fight for the messages of one token. */
export function botPlan(settings: BotSettings): ServicePlan {
  const probe = settings.probe.length > 0 ? settings.probe : RUNS;
  return {
    service: "bot",
    rollout: "recreate",
    user: settings.user,
    ...(settings.command.length > 0 && { command: settings.command }),
    env: settings.env,
    networks: ["data", "egress"],
    tmpfs: { "/tmp": { size: mib(16) } },
    memory: settings.memory,
    cpus: settings.cpus,
    pidsLimit: settings.pidsLimit,
    init: true,
    stopSignal: "SIGTERM",
    stopGrace: seconds(15),
    healthcheck: healthcheck(probe, { retries: 3, startPeriod: seconds(60) }),
    // A bot that ends on its first import has been running for a moment: it must hold for longer than that.
    readiness: { probes: [probe], timeout: seconds(60), settle: seconds(5) },
  };
}
