import type { SelfCheck } from "./plan.ts";

/** What Redis ran by when it proved itself, below the name of its container: another one may run by another. */
const PROVED = "/data/.settings";

/** Passwords do not belong into a file; the others are what older versions called a setting that is there too. */
const LEFT_OUT = "/pass|masterauth|slave|ziplist/";

/**
 * Reads what `config get *` and `acl list` answer: a line with a name, a line with its value, then a line for each user.
 * Redis 6.0 has no channels; before that there are no users, and the question is an error.
 */
const COMPARE = `
BEGIN {
  RESTRICTED = "permissions of the default user\\tnot all\\tall"
  count = split(declared, pairs, ";")
  for (i = 1; i < count; i++) want[substr(pairs[i], 1, index(pairs[i], "=") - 1)] = substr(pairs[i], index(pairs[i], "=") + 1)
  getline line < "${PROVED}"
  if (line == host) while ((getline line < "${PROVED}") > 0) { split(line, pair, "\\t"); if (!(pair[1] in want)) want[pair[1]] = pair[2] }
}
/NOAUTH|WRONGPASS|without any password/ { print "password\\tanother one, or none\\tas in the secret files"; exit }
/^NOPERM/ { print RESTRICTED; exit }
function shown(value) { return value == "" ? "empty" : value }
/^ERR/ { exit }
/^user default on .* ~[*] .*[+]@all$/ && !/ resetchannels / { next }
/^user default / { print RESTRICTED; next }
/^user / { print "user " $2 "\\tpresent\\tabsent"; next }
NR % 2 { name = $0; next }
name in want && $0 != want[name] { print "setting " name "\\t" shown($0) "\\t" shown(want[name]) }`;

/**
 * A `CONFIG SET` lasts until the next start, and so do a password that was changed by one, and users. A server that does
 * not answer at all is its health check's business.
 */
const CHECK = `
read -r REDISCLI_AUTH < /run/secrets/redis_password
export REDISCLI_AUTH
read -r host < /etc/hostname
IFS=";"
printf 'config get *\\nacl list\\n' | timeout 4 redis-cli 2>&1 | awk -v host="$host" -v declared="$*;" "$0"
exit 0`;

const WRITE_DOWN = `
set -e
export REDISCLI_AUTH="$(cat /run/secrets/redis_password)"
{ cat /etc/hostname; redis-cli config get '*' | awk 'NR % 2 { name = $0; next } name !~ ${LEFT_OUT} { print name "\\t" $0 }'; } > ${PROVED}.next
mv -f ${PROVED}.next ${PROVED}`;

/** What may be changed inside a running Redis, unseen by the engine: its password, its users, its settings. */
export function redisCheck(maxmemoryBytes: number): SelfCheck {
  return {
    command: ["sh", "-c", CHECK, COMPARE, ...declaredSettings(maxmemoryBytes)],
    repair: "restart",
    proved: ["sh", "-c", WRITE_DOWN],
  };
}

/** Settings on which the data, its clients and the host's memory depend, as `CONFIG GET` answers them. */
function declaredSettings(maxmemoryBytes: number): string[] {
  const policy = ["maxmemory-policy=noeviction", "appendfsync=everysec", "no-appendfsync-on-rewrite=no"];
  const rewrite = ["auto-aof-rewrite-percentage=100", "auto-aof-rewrite-min-size=67108864"];
  const serving = ["replicaof=", "min-replicas-to-write=0", "timeout=0"];
  return ["dir=/data", "appendonly=yes", "save=", `maxmemory=${maxmemoryBytes}`, ...policy, ...rewrite, ...serving];
}
