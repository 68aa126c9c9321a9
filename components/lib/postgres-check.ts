import type { SelfCheck } from "./plan.ts";

/** Percent of the disk with the data; Postgres stops for good at 100, and Docker with it. */
export const FULLEST_DISK = 85;

/** What ALTER SYSTEM has written; the stack itself says everything on the server's command line. */
const ALTERED =
  "select 'setting ' || name, setting, 'not altered' from pg_file_settings where sourcefile like '%/postgresql.auto.conf'";

/**
 * Over TCP with the password that clients use. A server that does not answer yet, or no longer, is its health check's
 * business: only a refused password is reported here.
 */
const CHECK = `
used=$(df -P "$PGDATA" | tail -n 1 | tr -s ' ' | cut -d ' ' -f 5)
[ "\${used%\\%}" -le ${FULLEST_DISK} ] || printf 'disk\\t%s full\\tat most ${FULLEST_DISK}%%\\n' "$used"
export PGPASSWORD="$(cat /run/secrets/postgres_password)" PGCONNECT_TIMEOUT=2
answer=$(timeout 4 psql -qAtw -F "$(printf '\\t')" -h 127.0.0.1 -U "$0" -d "$1" -c "${ALTERED}" 2>&1) && [ -z "$answer" ] && exit
case "$answer" in
  *"password authentication failed"* | *"does not exist"*) printf 'log-in of the role %s\\trefused\\tas in the secret files\\n' "$0" ;;
  setting*) printf '%s\\n' "$answer" ;;
esac
exit 0`;

/**
 * Sets the role's password and the altered settings back. Who has lost the password cannot log in, so the server is
 * told to trust its own socket meanwhile: nobody outside the container reaches that. The password passes over stdin,
 * and out of the server's log.
 */
const REPAIR = `
set -e
hba="$PGDATA/pg_hba.conf"
cp -p "$hba" "$hba.declared"
restore() { mv -f "$hba.declared" "$hba"; pg_ctl reload -s -D "$PGDATA"; }
trap restore EXIT
{ echo "local all \\"$0\\" trust"; cat "$hba.declared"; } > "$hba"
pg_ctl reload -s -D "$PGDATA"
for attempt in 1 2 3 4 5 6 7 8 9 10; do psql -qw -U "$0" -d "$1" -c "select 1" > /dev/null 2>&1 && break; sleep 0.2; done
psql -qw -v ON_ERROR_STOP=1 -U "$0" -d "$1" <<SQL
set log_statement to none;
set log_min_duration_statement to -1;
alter role "$0" password '$(cat /run/secrets/postgres_password)';
alter system reset all;
select pg_reload_conf();
SQL`;

/** What may be changed inside a running server, unseen by the engine: its role's password, its settings, its disk. */
export function postgresCheck({ role, database }: { role: string; database: string }): SelfCheck {
  const script = (text: string): string[] => ["sh", "-c", text, role, database];
  return { command: script(CHECK), repair: script(REPAIR) };
}
