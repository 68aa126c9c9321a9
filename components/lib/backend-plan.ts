import { appProcess } from "./app-process.ts";
import { healthcheck } from "./healthcheck.ts";
import type { ServicePlan } from "./plan.ts";
import type { AppSettings, BackendSettings } from "./settings.ts";
import { mib } from "./size.ts";

/**
 * Asks the application itself and prints what it answers when that is not a success, so that a failed gate says why.
 * Python, because it is the one tool that every FastAPI image has.
 */
const ASK = [
  "import sys, urllib.error, urllib.request",
  "try: urllib.request.urlopen(sys.argv[1], timeout=4)",
  "except urllib.error.HTTPError as e: sys.exit(f\"{e.code} {e.read(500).decode(errors='replace')}\")",
  "except OSError as e: sys.exit(str(e))",
].join("\n");

/**
 * The plan of an application server. Whether it is able to serve (`live`) is what Docker and the edge go by; whether
 * Postgres and Redis are there (`ready`) only the gate asks, or one blip of Redis would take out every backend.
 */
export function backendPlan(app: AppSettings, settings: BackendSettings): ServicePlan {
  return {
    ...appProcess(app),
    service: "backend",
    rollout: "rolling",
    ...(settings.command.length > 0 && { command: settings.command }),
    networks: ["data", "edge", "egress"],
    tmpfs: { "/tmp": { size: mib(16) } },
    memory: settings.memory,
    cpus: settings.cpus,
    pidsLimit: settings.pidsLimit,
    stopSignal: "SIGTERM",
    stopGrace: settings.stopGrace,
    ...health(settings),
  };
}

function health({ port, live, ready, startTimeout }: BackendSettings): Pick<ServicePlan, "healthcheck" | "readiness"> {
  const liveProbe = httpProbe(port, live);
  return {
    healthcheck: healthcheck(liveProbe, { retries: 3, startPeriod: startTimeout }),
    readiness: { probes: [liveProbe, httpProbe(port, ready)], timeout: startTimeout },
  };
}

function httpProbe(port: number, path: string): string[] {
  return ["python", "-I", "-c", ASK, `http://127.0.0.1:${port}${path}`];
}
