// Does not prove what the provider makes of these arguments; test/conformance and test/e2e do.
import assert from "node:assert/strict";
import { containerArgs, containerOptions, SECRETS_DIRECTORY } from "../../../components/lib/container-args.ts";
import { seconds } from "../../../components/lib/duration.ts";
import type { ServicePlan } from "../../../components/lib/plan.ts";
import { mib, parseSize } from "../../../components/lib/size.ts";

const ID = { project: "onehost", stack: "dev" };
const NETWORKS = { data: "id-1", edge: "id-2", public: "id-3", egress: "id-4" };
const BINDINGS = {
  image: "sha256:1",
  imageName: "app:1",
  networks: NETWORKS,
  volumes: { data: "data-1", secrets: "secrets-1" },
};

/** A service that asks for as little as it can. */
const SMALL: ServicePlan = {
  service: "worker",
  rollout: "rolling",
  user: "10001:10002",
  env: {},
  networks: ["data"],
  memory: mib(64),
  cpus: "0.5",
  pidsLimit: 50,
  init: true,
  stopSignal: "SIGTERM",
  stopGrace: seconds(30),
  healthcheck: {
    test: ["CMD", "true"],
    interval: seconds(60),
    timeout: seconds(5),
    retries: 3,
    startPeriod: seconds(0),
  },
  readiness: { probes: [["true"]], timeout: seconds(60) },
};

/** A service that asks for everything. */
const LARGE: ServicePlan = {
  ...SMALL,
  service: "edge",
  rollout: "recreate",
  entrypoint: ["/bin/sh", "-c"],
  command: ["serve"],
  env: { B: "2", A: "1=x", C: "" },
  networks: ["edge", "public"],
  ports: [{ ip: "127.0.0.1", external: 80, internal: 8080 }],
  mounts: [
    { volume: "data", target: "/data" },
    { volume: "secrets", target: "/run/secrets", readOnly: true },
  ],
  tmpfs: { "/tmp": { size: mib(16) }, "/run/x": { size: mib(1), mode: "0700" } },
  capabilities: ["NET_BIND_SERVICE", "CHOWN"],
  memory: parseSize("65537KiB"),
  init: false,
  stopSignal: "SIGINT",
  stopGrace: { milliseconds: 1500 },
};

/** What no plan can change. */
const ALWAYS = {
  image: "sha256:1",
  readOnly: true,
  securityOpts: ["no-new-privileges:true"],
  memory: 64,
  memorySwap: 64,
  cpus: "0.5",
  restart: "unless-stopped",
  mustRun: true,
  user: "10001:10002",
  healthcheck: { tests: ["CMD", "true"], interval: "1m0s", timeout: "5s", startPeriod: "0s", retries: 3 },
  logDriver: "json-file",
  logOpts: { "max-file": "3", "max-size": "10m" },
};

const labels = (rollout: string, service: string): { label: string; value: string }[] => [
  { label: "onehost.image", value: "app:1" },
  { label: "onehost.project", value: "onehost" },
  { label: "onehost.rollout", value: rollout },
  { label: "onehost.service", value: service },
  { label: "onehost.stack", value: "dev" },
];

describe("containerArgs", () => {
  it("renders a small rolling service, autonamed and reached by nobody", () =>
    assert.deepStrictEqual(containerArgs(ID, SMALL, BINDINGS), {
      ...ALWAYS,
      labels: labels("rolling", "worker"),
      envs: [],
      init: true,
      capabilities: { drops: ["ALL"] },
      tmpfs: {},
      stopSignal: "SIGTERM",
      stopTimeout: 30,
      destroyGraceSeconds: 30,
      networksAdvanced: [{ name: "id-1", aliases: [] }],
      mounts: [],
    }));

  it("renders a recreated service that asks for everything, under its fixed name", () =>
    assert.deepStrictEqual(containerArgs(ID, LARGE, BINDINGS), {
      ...ALWAYS,
      name: "onehost-dev-edge",
      labels: labels("recreate", "edge"),
      envs: ["A=1=x", "B=2", "C="],
      entrypoints: ["/bin/sh", "-c"],
      command: ["serve"],
      ports: [{ ip: "127.0.0.1", external: 80, internal: 8080, protocol: "tcp" }],
      init: false,
      capabilities: { drops: ["ALL"], adds: ["CAP_CHOWN", "CAP_NET_BIND_SERVICE"] },
      tmpfs: {
        "/tmp": "size=16777216,mode=1777,uid=10001,gid=10002",
        "/run/x": "size=1048576,mode=0700,uid=10001,gid=10002",
      },
      stopSignal: "SIGINT",
      stopTimeout: 2,
      destroyGraceSeconds: 2,
      networksAdvanced: [
        { name: "id-2", aliases: ["edge"] },
        { name: "id-3", aliases: ["edge"] },
      ],
      mounts: [
        { type: "volume", source: "data-1", target: "/data", readOnly: false },
        { type: "volume", source: "secrets-1", target: "/run/secrets", readOnly: true },
      ],
    }));

  it("adds no list of capabilities where none comes back: an empty one reads back differently", () =>
    assert.deepStrictEqual(containerArgs(ID, { ...SMALL, capabilities: [] }, BINDINGS).capabilities, {
      drops: ["ALL"],
    }));

  it("refuses a mount of a volume that it was not given", () =>
    assert.throws(
      () => containerArgs(ID, { ...SMALL, mounts: [{ volume: "cache", target: "/cache" }] }, BINDINGS),
      new Error('worker mounts the volume "cache", which it was not given'),
    ));

  it("refuses a network that the stack does not have", () =>
    assert.throws(
      () => containerArgs(ID, { ...SMALL, networks: ["tools"] }, BINDINGS),
      new Error('worker joins the network "tools", which it was not given'),
    ));
});

describe("containerOptions", () => {
  const replaceOnChanges = ["mounts", "healthcheck", "init", "tmpfs", "cpuPeriod", "cpuQuota", "rm"];

  const ignoreChanges = ["cpuShares", "cpuSet", "memoryReservation"];

  it("keeps the old container of a rolling service until the new one is there", () =>
    assert.deepStrictEqual(containerOptions(SMALL), { deleteBeforeReplace: false, replaceOnChanges, ignoreChanges }));

  it("stops the old container of a recreated service first", () =>
    assert.deepStrictEqual(containerOptions(LARGE), { deleteBeforeReplace: true, replaceOnChanges, ignoreChanges }));
});

describe("SECRETS_DIRECTORY", () => {
  it("is where Docker's own secrets are", () => assert.equal(SECRETS_DIRECTORY, "/run/secrets"));
});
