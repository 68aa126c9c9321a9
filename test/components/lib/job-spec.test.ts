// Does not prove what the engine makes of this request; test/e2e reads a job's container back.
import assert from "node:assert/strict";
import { seconds } from "../../../components/lib/duration.ts";
import { jobSpec } from "../../../components/lib/job-spec.ts";
import type { ServicePlan } from "../../../components/lib/plan.ts";
import { mib } from "../../../components/lib/size.ts";
import { checkOf } from "../../support/plans.ts";

const ID = { project: "onehost", stack: "dev" };
const BINDINGS = {
  image: "sha256:1",
  networks: { data: "id-1", edge: "id-2", public: "id-3", egress: "id-4" },
  volumes: { uploads: "uploads-1", secrets: "secrets-1", other: "other-1" },
};

/** A job that asks for as little as it can. */
const SMALL: ServicePlan = {
  service: "migrations",
  rollout: "recreate",
  user: "10001:10002",
  env: {},
  networks: ["data"],
  memory: mib(64),
  cpus: "0.5",
  pidsLimit: 50,
  init: true,
  stopSignal: "SIGTERM",
  stopGrace: seconds(30),
  healthcheck: checkOf(["true"], 0),
  readiness: { probes: [], timeout: seconds(60) },
};

const HOST_CONFIG = {
  ReadonlyRootfs: true,
  Init: true,
  CapDrop: ["ALL"],
  SecurityOpt: ["no-new-privileges:true"],
  Memory: 67_108_864,
  MemorySwap: 67_108_864,
  NanoCpus: 500_000_000,
  PidsLimit: 50,
  LogConfig: { Type: "json-file", Config: { "max-file": "3", "max-size": "10m" } },
  Tmpfs: {},
  Mounts: [],
};
const LABELS = { "onehost.project": "onehost", "onehost.stack": "dev", "onehost.rollout": "job" };

describe("jobSpec", () => {
  it("renders a small job with the image's own command, hardened and limited as a service is", () =>
    assert.deepStrictEqual(jobSpec(ID, SMALL, seconds(90), BINDINGS), {
      service: "migrations",
      timeoutSeconds: 90,
      networks: ["id-1"],
      create: {
        Image: "sha256:1",
        User: "10001:10002",
        Env: [],
        Labels: { ...LABELS, "onehost.service": "migrations" },
        HostConfig: HOST_CONFIG,
      },
    }));

  it("renders a job that asks for everything, and mounts nothing that it does not ask for", () => {
    const plan: ServicePlan = {
      ...SMALL,
      service: "worker-proof",
      entrypoint: ["/bin/sh", "-c"],
      command: ["prove"],
      env: { A: "1=x", B: "" },
      networks: ["data", "egress"],
      mounts: [
        { volume: "uploads", target: "/srv/uploads" },
        { volume: "secrets", target: "/run/secrets", readOnly: true },
      ],
      tmpfs: { "/tmp": { size: mib(16) } },
      cpus: "1.25",
      init: false,
    };
    assert.deepStrictEqual(jobSpec(ID, plan, { milliseconds: 1500 }, BINDINGS), {
      service: "worker-proof",
      timeoutSeconds: 2,
      networks: ["id-1", "id-4"],
      create: {
        Image: "sha256:1",
        User: "10001:10002",
        Env: ["A=1=x", "B="],
        Labels: { ...LABELS, "onehost.service": "worker-proof" },
        Entrypoint: ["/bin/sh", "-c"],
        Cmd: ["prove"],
        HostConfig: {
          ...HOST_CONFIG,
          Init: false,
          NanoCpus: 1_250_000_000,
          Tmpfs: { "/tmp": "size=16777216,uid=10001,gid=10002" },
          Mounts: [
            { Type: "volume", Source: "uploads-1", Target: "/srv/uploads", ReadOnly: false },
            { Type: "volume", Source: "secrets-1", Target: "/run/secrets", ReadOnly: true },
          ],
        },
      },
    });
  });
});
