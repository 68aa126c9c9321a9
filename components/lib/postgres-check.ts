import type { SelfCheck } from "./plan.ts";

/** Percent of the disk with the data; Postgres stops for good at 100, and Docker with it. */
export const FULLEST_DISK = 85;

/** Where no role is left that may set things right, only the server in single-user mode can; so not while it serves. */
const SINGLE_USER = "no up sets it back: see docs/drift.md, The role of Postgres";

/**
 * What ALTER SYSTEM has written, since the stack says everything on the server's command line; who gets in how; and
 * whether the role may still set any of it back.
 */
const CHANGED = `
select concat_ws(chr(9), 'setting ' || name, setting, 'not altered')
from pg_file_settings where sourcefile like '%/postgresql.auto.conf'
union all
select concat_ws(chr(9), 'pg_hba.conf, line ' || line_number, concat_ws(' ', type, array_to_string(database, ','), array_to_string(user_name, ','), address, auth_method, error), 'log-in by scram-sha-256 alone')
from pg_hba_file_rules where auth_method is distinct from 'scram-sha-256'
union all
select concat_ws(chr(9), 'role ' || rolname, 'no superuser', 'superuser', '${SINGLE_USER}')
from pg_roles where rolname = current_user and not rolsuper`;

/**
 * Over TCP with the password that clients use. A server that does not answer yet, or no longer, is its health check's
 * business; what is reported is a log-in that it refuses.
 */
const CHECK = `
used=$(df -P "$PGDATA" | { read -r titles; read -r device blocks taken free used where; echo "$used"; })
[ "\${used%\\%}" -le ${FULLEST_DISK} ] || printf 'disk\\t%s full\\tat most ${FULLEST_DISK}%%\\tmake room, for example with docker system prune on the host\\n' "$used"
export PGPASSWORD="$(cat /run/secrets/postgres_password)" PGCONNECT_TIMEOUT=2
answer=$(timeout 4 psql -XqAtw -h 127.0.0.1 -U "$0" -d "$1" -c "${CHANGED}" 2>&1) && { printf '%s\\n' "$answer"; exit; }
reason=$(printf '%s' "$answer" | tr '\\n\\t' '  ' | sed 's/^.*FATAL: *//')
case "$answer" in
  *"password authentication failed"* | *pg_hba.conf*) printf 'log-in of the role %s\\trefused: %s\\tas in the secret files\\n' "$0" "$reason" ;;
  *"not permitted to log in"* | *"not currently accepting"*) printf 'log-in of the role %s\\trefused: %s\\tas in the secret files\\t${SINGLE_USER}\\n' "$0" "$reason" ;;
  *'database "'*'" does not exist'*) printf 'database %s\\tgone\\tpresent\\trestore it from a backup\\n' "$1" ;;
esac
exit 0`;

/**
 * Sets the role's password, the altered settings and the rules of access back. Who has lost the password cannot log in,
 * so the server is told to trust its own socket meanwhile: nobody outside the container reaches that. The password
 * passes over stdin, and out of the server's log.
 */
const REPAIR = `
set -e
hba="$PGDATA/pg_hba.conf"
{ for who in "local all all" "host all all all" "local replication all" "host replication all samehost"; do echo "$who scram-sha-256"; done; } > "$hba.declared"
chmod 600 "$hba.declared"
restore() { mv -f "$hba.declared" "$hba"; pg_ctl reload -s -D "$PGDATA"; }
trap restore EXIT
{ echo "local all \\"$0\\" trust"; cat "$hba.declared"; } > "$hba"
pg_ctl reload -s -D "$PGDATA"
for attempt in 1 2 3 4 5 6 7 8 9 10; do psql -qw -U "$0" -d "$1" -c "select 1" > /dev/null 2>&1 && break; sleep 0.2; done
psql -qw -v ON_ERROR_STOP=1 -U "$0" -d "$1" <<SQL
set log_statement to none;
set log_min_duration_statement to -1;
alter role "$0" valid until 'infinity' password '$(cat /run/secrets/postgres_password)';
alter system reset all;
select pg_reload_conf();
SQL`;

/** What may be changed inside a running server, unseen by the engine: its role's password, its settings, its disk. */
export function postgresCheck({ role, database }: { role: string; database: string }): SelfCheck {
  const script = (text: string): string[] => ["sh", "-c", text, role, database];
  return { command: script(CHECK), repair: script(REPAIR) };
}
