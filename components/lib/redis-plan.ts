import { dataNetworks } from "./data-networks.ts";
import { seconds } from "./duration.ts";
import { healthcheck } from "./healthcheck.ts";
import type { ServicePlan } from "./plan.ts";
import type { RedisSettings } from "./settings.ts";
import { redisCheck } from "./redis-check.ts";
import { mebibytes } from "./size.ts";

/** `redis-cli ping` exits with 0 even when it is refused for want of a password, so the answer itself is compared. */
const PING = ["sh", "-c", 'test "$(REDISCLI_AUTH="$(cat /run/secrets/redis_password)" redis-cli ping)" = PONG'];

/** The plan of a Redis that keeps its data, refuses writes rather than evict, and takes its password from a file. */
export function redisPlan(settings: RedisSettings): ServicePlan {
  return {
    service: "redis",
    rollout: "recreate",
    user: settings.user,
    command: ["redis-server", "/run/secrets/redis.conf", ...serverOptions(settings)],
    env: {},
    ...dataNetworks(settings),
    mounts: [{ volume: "data", target: "/data" }],
    memory: settings.memory,
    cpus: settings.cpus,
    pidsLimit: 50,
    init: true,
    stopSignal: "SIGTERM",
    stopGrace: settings.stopGrace,
    healthcheck: healthcheck(PING, { retries: 3, startPeriod: seconds(30) }),
    readiness: { probes: [PING], timeout: seconds(60) },
    check: redisCheck(maxmemory(settings) * 1024 * 1024),
  };
}

/** A quarter of the memory stays free for the copy-on-write of an append-only file's rewrite. */
function maxmemory({ memory }: RedisSettings): number {
  return Math.floor((mebibytes(memory) * 3) / 4);
}

function serverOptions(settings: RedisSettings): string[] {
  const most = `${maxmemory(settings)}mb`;
  return ["--dir", "/data", "--appendonly", "yes", "--maxmemory", most, "--maxmemory-policy", "noeviction"];
}

/** What must stay out of Redis' arguments: the password, and `save ""`, since the provider refuses an empty argument. */
export function redisConf(password: string): string {
  return `requirepass ${password}\nsave ""\n`;
}
