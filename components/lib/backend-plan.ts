import { SECRETS_DIRECTORY } from "./container-args.ts";
import { healthcheck } from "./healthcheck.ts";
import type { ServicePlan } from "./plan.ts";
import type { BackendSettings } from "./settings.ts";
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

/** Exports every secret under its name in capitals, for an application that reads only its environment. */
const EXPORT_SECRETS = [
  `for file in ${SECRETS_DIRECTORY}/*; do`,
  '  export "$(basename "$file" | tr a-z A-Z)=$(cat "$file")"',
  "done",
  'exec "$@"',
].join("\n");

/**
 * The plan of an application server. Whether it is able to serve (`live`) is what Docker and the edge go by; whether
 * Postgres and Redis are there (`ready`) only the gate asks, or one blip of Redis would take out every backend.
 */
export function backendPlan(settings: BackendSettings): ServicePlan {
  return {
    service: "backend",
    rollout: "rolling",
    user: settings.user,
    ...invocation(settings),
    env: environment(settings),
    networks: ["data", "edge", "egress"],
    tmpfs: { "/tmp": { size: mib(16) } },
    memory: settings.memory,
    cpus: settings.cpus,
    pidsLimit: settings.pidsLimit,
    init: true,
    stopSignal: "SIGTERM",
    stopGrace: settings.stopGrace,
    ...health(settings),
  };
}

function invocation({ command, secretsAs }: BackendSettings): Pick<ServicePlan, "entrypoint" | "command"> {
  return {
    ...(secretsAs === "environment" && { entrypoint: ["/bin/sh", "-c", EXPORT_SECRETS, "export-secrets"] }),
    ...(command.length > 0 && { command }),
  };
}

/** `…_FILE` is how software that reads secrets from files is told where. */
function environment({ env }: BackendSettings): Record<string, string> {
  const file = (name: string): string => `${SECRETS_DIRECTORY}/${name}`;
  return { DATABASE_URL_FILE: file("database_url"), REDIS_URL_FILE: file("redis_url"), ...env };
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
