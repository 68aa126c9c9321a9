// Does not prove that the probe's Python works in an image; test/e2e does. The shell that exports secrets is run here.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { backendPlan } from "../../../components/lib/backend-plan.ts";
import { seconds } from "../../../components/lib/duration.ts";
import type { BackendSettings } from "../../../components/lib/settings.ts";
import { mib } from "../../../components/lib/size.ts";

const SETTINGS: BackendSettings = {
  image: { ref: "app:1" },
  command: [],
  user: "10001:10001",
  port: 9000,
  live: "/live",
  ready: "/health",
  startTimeout: seconds(45),
  stopGrace: seconds(30),
  replicas: 2,
  memory: mib(256),
  cpus: "1.0",
  pidsLimit: 200,
  env: {},
  secrets: {},
  secretsAs: "files",
};
const ASK = `import sys, urllib.error, urllib.request
try: urllib.request.urlopen(sys.argv[1], timeout=4)
except urllib.error.HTTPError as e: sys.exit(f"{e.code} {e.read(500).decode(errors='replace')}")
except OSError as e: sys.exit(str(e))`;
const probe = (path: string): string[] => ["python", "-I", "-c", ASK, `http://127.0.0.1:9000${path}`];

describe("backendPlan", () => {
  it("is a rolling service that Docker asks for life alone, and the gate for readiness too", () =>
    assert.deepStrictEqual(backendPlan(SETTINGS), {
      service: "backend",
      rollout: "rolling",
      user: "10001:10001",
      env: { DATABASE_URL_FILE: "/run/secrets/database_url", REDIS_URL_FILE: "/run/secrets/redis_url" },
      networks: ["data", "edge", "egress"],
      tmpfs: { "/tmp": { size: mib(16) } },
      memory: mib(256),
      cpus: "1.0",
      pidsLimit: 200,
      init: true,
      stopSignal: "SIGTERM",
      stopGrace: seconds(30),
      healthcheck: {
        test: ["CMD", ...probe("/live")],
        interval: seconds(10),
        timeout: seconds(5),
        retries: 3,
        startPeriod: seconds(45),
      },
      readiness: { probes: [probe("/live"), probe("/health")], timeout: seconds(45) },
    }));

  it("has the command of the settings where there is one", () => {
    const { command, entrypoint } = backendPlan({ ...SETTINGS, command: ["uvicorn", "app"] });
    assert.deepStrictEqual([command, entrypoint], [["uvicorn", "app"], undefined]);
  });

  it("lets the stack's own variables win", () => {
    const env = { LOG_LEVEL: "info", REDIS_URL_FILE: "/elsewhere" };
    assert.deepStrictEqual(backendPlan({ ...SETTINGS, env }).env, {
      DATABASE_URL_FILE: "/run/secrets/database_url",
      REDIS_URL_FILE: "/elsewhere",
      LOG_LEVEL: "info",
    });
  });
});

describe("the entrypoint for an application that reads only its environment", () => {
  const plan = backendPlan({ ...SETTINGS, secretsAs: "environment", command: ["uvicorn", "app"] });
  const folder = mkdtempSync(`${tmpdir()}/onehost-secrets-`);
  after(() => rmSync(folder, { recursive: true }));

  it("stands before the command", () => {
    const [shell, option, script, zero] = plan.entrypoint ?? [];
    assert.deepStrictEqual([shell, option, zero], ["/bin/sh", "-c", "export-secrets"]);
    assert.equal(
      script,
      [
        "for file in /run/secrets/*; do",
        '  export "$(basename "$file" | tr a-z A-Z)=$(cat "$file")"',
        "done",
        'exec "$@"',
      ].join("\n"),
    );
    assert.deepStrictEqual(plan.command, ["uvicorn", "app"]);
  });

  it("exports every secret under its name in capitals, whatever is in it, and runs the command", () => {
    const awkward = `a "b" '$c' \\d`;
    writeFileSync(`${folder}/database_url`, awkward);
    writeFileSync(`${folder}/api_key`, "second");
    const script = (plan.entrypoint?.[2] as string).replaceAll("/run/secrets", folder);
    const print = ["node", "-e", "console.log(JSON.stringify([process.env.DATABASE_URL, process.env.API_KEY]))"];
    const output = execFileSync("/bin/sh", ["-c", script, "export-secrets", ...print], { encoding: "utf8" });
    assert.deepStrictEqual(JSON.parse(output), [awkward, "second"]);
  });
});
