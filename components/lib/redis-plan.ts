import { dataNetworks } from "./data-networks.ts";
import { seconds } from "./duration.ts";
import { healthcheck } from "./healthcheck.ts";
import type { ServicePlan } from "./plan.ts";
import type { RedisSettings } from "./settings.ts";
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
    check: { command: ["sh", "-c", CHECK, "check", ...checkedSettings(settings)], repair: "restart" },
  };
}

/**
 * A `CONFIG SET` lasts until the next start, and so do a password that was changed by one, and users. Before Redis 6 there
 * are no users, and the question is an error. A server that does not answer at all is its health check's business.
 */
const CHECK = `
export REDISCLI_AUTH="$(cat /run/secrets/redis_password)"
answer=$({ for pair in "$@"; do printf 'config get %s\\n' "\${pair%%=*}"; done; echo acl list; } | timeout 4 redis-cli 2>&1)
restricted() { printf 'permissions of the default user\\tnot all\\tall\\n'; }
case "$answer" in
  *NOAUTH* | *WRONGPASS* | *"without any password"*)
    printf 'password\\tanother one, or none\\tas in the secret files\\n'; exit 0 ;;
  *NOPERM*) restricted; exit 0 ;;
esac
printf '%s\\n' "$answer" | while read -r user name rules; do
  case "$user $name $rules" in
    "user default "*resetchannels*) restricted ;;
    "user default on "*" ~* "*" +@all") ;;
    "user default "*) restricted ;;
    "user "*) printf 'user %s\\tpresent\\tabsent\\n' "$name" ;;
  esac
done
printf '%s\\n' "$answer" | while [ $# -gt 0 ] && read -r name && IFS= read -r found && [ "$name" = "\${1%%=*}" ]; do
  declared="\${1#*=}"
  [ "$found" = "$declared" ] || printf 'setting %s\\t%s\\t%s\\n' "$name" "\${found:-empty}" "\${declared:-empty}"
  shift
done
exit 0`;

/** Settings on which the data, its clients and the host's memory depend, as `CONFIG GET` answers them. */
function checkedSettings(settings: RedisSettings): string[] {
  const bytes = maxmemory(settings) * 1024 * 1024;
  const policy = ["maxmemory-policy=noeviction", "appendfsync=everysec", "no-appendfsync-on-rewrite=no"];
  const rewrite = ["auto-aof-rewrite-percentage=100", "auto-aof-rewrite-min-size=67108864"];
  const serving = ["replicaof=", "min-replicas-to-write=0", "timeout=0"];
  return ["dir=/data", "appendonly=yes", "save=", `maxmemory=${bytes}`, ...policy, ...rewrite, ...serving];
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
