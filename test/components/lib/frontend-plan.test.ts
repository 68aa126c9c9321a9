// Does not prove that nginx starts so locked down, or that its image has wget; test/e2e does.
import assert from "node:assert/strict";
import { seconds } from "../../../components/lib/duration.ts";
import { frontendPlan } from "../../../components/lib/frontend-plan.ts";
import { mib } from "../../../components/lib/size.ts";
import { checkOf } from "../../support/plans.ts";

const PROBE = ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:3000/healthz"];

describe("frontendPlan", () => {
  it("is a rolling web server that the edge alone reaches, without data, secrets or a way out", () => {
    const settings = {
      image: { ref: "web:1" },
      user: "10080:10081",
      port: 3000,
      live: "/healthz",
      replicas: 2,
      memory: mib(64),
      cpus: "0.5",
    };
    assert.deepStrictEqual(frontendPlan(settings), {
      service: "frontend",
      rollout: "rolling",
      user: "10080:10081",
      env: {},
      networks: ["edge"],
      tmpfs: { "/tmp": { size: mib(8) }, "/var/cache/nginx": { size: mib(8) }, "/var/run": { size: mib(1) } },
      memory: mib(64),
      cpus: "0.5",
      pidsLimit: 50,
      init: true,
      stopSignal: "SIGQUIT",
      stopGrace: seconds(30),
      healthcheck: checkOf(PROBE, 10),
      readiness: { probes: [PROBE], timeout: seconds(30) },
    });
  });
});
