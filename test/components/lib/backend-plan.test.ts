// Does not prove that the probe's Python works in an image; test/e2e does.
import assert from "node:assert/strict";
import { backendPlan } from "../../../components/lib/backend-plan.ts";
import { seconds } from "../../../components/lib/duration.ts";
import type { BackendSettings } from "../../../components/lib/settings.ts";
import { mib } from "../../../components/lib/size.ts";
import { APP, APP_PROCESS, checkOf } from "../../support/plans.ts";

const SETTINGS: BackendSettings = {
  command: [],
  port: 9000,
  live: "/live",
  ready: "/health",
  startTimeout: seconds(45),
  stopGrace: seconds(31),
  replicas: 2,
  memory: mib(256),
  cpus: "1.0",
  pidsLimit: 200,
};
const ASK = `import sys, urllib.error, urllib.request
try: urllib.request.urlopen(sys.argv[1], timeout=4)
except urllib.error.HTTPError as e: sys.exit(f"{e.code} {e.read(500).decode(errors='replace')}")
except OSError as e: sys.exit(str(e))`;
const probe = (path: string): string[] => ["python", "-I", "-c", ASK, `http://127.0.0.1:9000${path}`];

describe("backendPlan", () => {
  it("is a rolling service that Docker asks for life alone, and the gate for readiness too", () =>
    assert.deepStrictEqual(backendPlan(APP, SETTINGS), {
      ...APP_PROCESS,
      service: "backend",
      rollout: "rolling",
      networks: ["data", "edge", "egress"],
      tmpfs: { "/tmp": { size: mib(16) } },
      memory: mib(256),
      cpus: "1.0",
      pidsLimit: 200,
      stopSignal: "SIGTERM",
      stopGrace: seconds(31),
      healthcheck: checkOf(probe("/live"), 45),
      readiness: { probes: [probe("/live"), probe("/health")], timeout: seconds(45) },
    }));

  it("has the command of the settings where there is one, behind the application's entrypoint", () => {
    const command = ["uvicorn", "app"];
    const files = backendPlan(APP, { ...SETTINGS, command });
    assert.deepStrictEqual([files.command, files.entrypoint], [command, undefined]);
    const environment = backendPlan({ ...APP, secretsAs: "environment" }, { ...SETTINGS, command });
    assert.deepStrictEqual([environment.command, environment.entrypoint?.[3]], [command, "export-secrets"]);
  });
});
