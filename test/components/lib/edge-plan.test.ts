// Does not prove that Caddy runs so locked down; test/e2e does.
import assert from "node:assert/strict";
import { seconds } from "../../../components/lib/duration.ts";
import { EDGE_CHECK } from "../../../components/lib/edge-check.ts";
import { edgePlan } from "../../../components/lib/edge-plan.ts";
import { mib } from "../../../components/lib/size.ts";

const PUBLISH = { ip: "127.0.0.1", external: 80, internal: 8080 };
const HEALTH = ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:2015/healthz"];

const SETTINGS = {
  image: { ref: "caddy:2" },
  user: "1:2",
  publish: PUBLISH,
  https: undefined,
  apiPrefix: "/api",
  stripApiPrefix: true,
  memory: mib(64),
  cpus: "0.5",
};

describe("edgePlan", () => {
  it("publishes a port for https too, where there is a domain", () => {
    const publish = { ip: "0.0.0.0", external: 443, internal: 8443 };
    const https = { domain: "example.org", tls: "acme", publish };
    assert.deepStrictEqual(edgePlan({ ...SETTINGS, https }), { ...edgePlan(SETTINGS), ports: [PUBLISH, publish] });
  });

  it("is the container that publishes a port and starts from the last good routes", () => {
    const { check, ...plan } = edgePlan(SETTINGS);
    assert.equal(check, EDGE_CHECK);
    assert.deepStrictEqual(plan, {
      service: "edge",
      rollout: "recreate",
      user: "1:2",
      command: ["caddy", "run", "--config", "/config/Caddyfile", "--adapter", "caddyfile"],
      env: { XDG_CONFIG_HOME: "/config", XDG_DATA_HOME: "/data" },
      networks: ["edge", "public"],
      ports: [PUBLISH],
      mounts: [
        { volume: "config", target: "/config" },
        { volume: "data", target: "/data" },
      ],
      tmpfs: { "/run/caddy": { size: mib(1), mode: "0700" } },
      memory: mib(64),
      cpus: "0.5",
      pidsLimit: 200,
      capabilities: ["NET_BIND_SERVICE"],
      init: true,
      stopSignal: "SIGTERM",
      stopGrace: seconds(15),
      healthcheck: {
        test: ["CMD", ...HEALTH],
        interval: seconds(10),
        timeout: seconds(5),
        retries: 3,
        startPeriod: seconds(10),
      },
      readiness: { probes: [HEALTH], timeout: seconds(30) },
    });
  });
});
