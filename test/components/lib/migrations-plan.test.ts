// Does not prove that a migration runs or fails as it should; test/e2e does.
import assert from "node:assert/strict";
import { seconds } from "../../../components/lib/duration.ts";
import { migrationsPlan } from "../../../components/lib/migrations-plan.ts";
import { mib } from "../../../components/lib/size.ts";
import { APP, APP_PROCESS, checkOf } from "../../support/plans.ts";

describe("migrationsPlan", () => {
  it("is a job of the application's that reaches the data and nothing else", () => {
    const settings = { command: ["alembic", "upgrade", "head"], timeout: seconds(90) };
    assert.deepStrictEqual(migrationsPlan(APP, settings), {
      ...APP_PROCESS,
      service: "migrations",
      rollout: "recreate",
      command: ["alembic", "upgrade", "head"],
      networks: ["data"],
      tmpfs: { "/tmp": { size: mib(16) } },
      memory: mib(256),
      cpus: "1.0",
      pidsLimit: 100,
      stopSignal: "SIGTERM",
      stopGrace: seconds(30),
      healthcheck: checkOf(["true"], 0),
      readiness: { probes: [], timeout: seconds(90) },
    });
  });

  it("exports the secrets for an application that reads only its environment", () => {
    const settings = { command: ["alembic"], timeout: seconds(90) };
    assert.equal(migrationsPlan({ ...APP, secretsAs: "environment" }, settings).entrypoint?.[3], "export-secrets");
  });
});
