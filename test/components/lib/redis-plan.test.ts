// Does not prove that Redis takes these arguments, or refuses writes when it is full; test/e2e does.
import assert from "node:assert/strict";
import { seconds } from "../../../components/lib/duration.ts";
import { redisConf, redisPlan } from "../../../components/lib/redis-plan.ts";
import { mib } from "../../../components/lib/size.ts";

const SETTINGS = { image: { ref: "redis:7" }, user: "999:1000", memory: mib(50), cpus: "0.5", stopGrace: seconds(30) };
const PING = ["sh", "-c", 'test "$(REDISCLI_AUTH="$(cat /run/secrets/redis_password)" redis-cli ping)" = PONG'];

describe("redisPlan", () => {
  it("is a server that keeps its data, evicts nothing, and answers PONG", () => {
    const { check, ...plan } = redisPlan(SETTINGS);
    assert.equal(check?.repair, "restart");
    assert.deepStrictEqual(check.command.slice(4), [
      "dir=/data",
      "appendonly=yes",
      "save=",
      `maxmemory=${37 * 1024 * 1024}`,
      "maxmemory-policy=noeviction",
      "appendfsync=everysec",
      "no-appendfsync-on-rewrite=no",
      "auto-aof-rewrite-percentage=100",
      "auto-aof-rewrite-min-size=67108864",
      "replicaof=",
      "min-replicas-to-write=0",
      "timeout=0",
    ]);
    assert.deepStrictEqual(plan, {
      service: "redis",
      rollout: "recreate",
      user: "999:1000",
      command: [
        "redis-server",
        "/run/secrets/redis.conf",
        ...["--dir", "/data", "--appendonly", "yes", "--maxmemory", "37mb", "--maxmemory-policy", "noeviction"],
      ],
      env: {},
      networks: ["data"],
      mounts: [{ volume: "data", target: "/data" }],
      memory: mib(50),
      cpus: "0.5",
      pidsLimit: 50,
      init: true,
      stopSignal: "SIGTERM",
      stopGrace: seconds(30),
      healthcheck: {
        test: ["CMD", ...PING],
        interval: seconds(10),
        timeout: seconds(5),
        retries: 3,
        startPeriod: seconds(30),
      },
      readiness: { probes: [PING], timeout: seconds(60) },
    });
  });
});

describe("redisConf", () => {
  it("holds what must not be an argument", () => assert.equal(redisConf("s3cret"), 'requirepass s3cret\nsave ""\n'));
});
