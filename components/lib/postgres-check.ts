import type { SelfCheck } from "./plan.ts";

/** Percent of the disk with the data; Postgres stops for good at 100, and Docker with it. */
export const FULLEST_DISK = 85;

/** What the last release left: the file of settings, and what it says of sessions and roles. Beside the cluster. */
const LEFT = { file: '"$PGDATA/../.released.conf"', sessions: '"$PGDATA/../.released.sessions"' } as const;

/** What a role or a database says of its sessions holds for these too, but not what the session says itself. */
const UNIMPRESSED =
  'export PGOPTIONS="-c statement_timeout=0 -c lock_timeout=0 -c default_transaction_read_only=off -c search_path=pg_catalog"';

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
from pg_roles where rolname = current_user and not rolsuper
union all
select concat_ws(chr(9), 'server', 'a standby: it takes no writes', 'a primary', 'select pg_promote() in psql') where pg_is_in_recovery()
union all
select concat_ws(chr(9), 'standby.signal', 'present: its next start makes it a standby', 'absent', 'remove it from $PGDATA in its container')
where not pg_is_in_recovery() and (pg_stat_file('standby.signal', true)).size is not null;`;

/**
 * What a database says of its sessions and roles, line by line. Migrations write this, so the stack cannot declare it;
 * what comes between two releases is nobody's migration.
 */
const SESSIONS = `
select 'setting ' || split_part(entry, '=', 1) || coalesce(' of role ' || rolname, '') || coalesce(' in database ' || datname, '') as what,
  translate(substr(entry, strpos(entry, '=') + 1), chr(9) || chr(10), '  ') as value
from pg_db_role_setting cross join unnest(setconfig) as entry
left join pg_roles on pg_roles.oid = setrole left join pg_database on pg_database.oid = setdatabase
union all
select 'role ' || rolname, concat_ws(', ', case when rolcanlogin then 'log-in' else 'no log-in' end, case when rolsuper then 'superuser' end,
  case when rolcreaterole then 'creates roles' end, case when rolcreatedb then 'creates databases' end,
  case when rolreplication then 'replicates' end, case when rolbypassrls then 'passes row security' end)
from pg_roles where rolname !~ '^pg_' and rolname <> current_user`;

/** Takes what the last release left from psql's variable `left`: "none" where none has left anything yet. */
const SINCE_RELEASE = `
select concat_ws(chr(9), what, coalesce(present.value, 'gone'), coalesce(released.value, 'none'), 'set it back in psql, or release: a release takes it as it is')
from (${SESSIONS}) as present
full join (select split_part(line, chr(9), 1) as what, split_part(line, chr(9), 2) as value from unnest(string_to_array(:'left', chr(10))) as line) as released
using (what) where :'left' <> 'none' and present.value is distinct from released.value;`;

/**
 * Over TCP with the password that clients use. A server that does not answer yet, or no longer, is its health check's
 * business; what is reported is a log-in that it refuses.
 */
const CHECK = `
full() { [ "$2" -le ${FULLEST_DISK} ] || printf '%s\\t%s%% full\\tat most ${FULLEST_DISK}%%\\tmake room, for example with docker system prune on the host\\n' "$1" "$2"; }
read -r blocks free available inodes unused << STAT
$(stat -f -c '%b %f %a %c %d' "$PGDATA")
STAT
full disk $((((blocks - free) * 100 + blocks - free + available - 1) / (blocks - free + available)))
[ "$inodes" = 0 ] || full "disk, inodes" $((((inodes - unused) * 100 + inodes - 1) / inodes))
cmp -s ${LEFT.file} "$PGDATA/postgresql.conf"
if [ $? = 1 ]; then
  lines=$(diff ${LEFT.file} "$PGDATA/postgresql.conf" | sed -n 's/^> /with /p; s/^< /without /p' | head -n 3 | tr '\\t\\n' ' ,')
  printf 'postgresql.conf\\t%s\\tas the last release left it\\n' "\${lines%,}"
fi
${UNIMPRESSED}
left=$(cat ${LEFT.sessions} 2> /dev/null || echo none)
read -r PGPASSWORD < /run/secrets/postgres_password
export PGPASSWORD PGCONNECT_TIMEOUT=2
answer=$(timeout 4 psql -XqAtw -v ON_ERROR_STOP=1 -v left="$left" -h 127.0.0.1 -U "$0" -d "$1" 2>&1 << 'SQL'
${CHANGED}
${SINCE_RELEASE}
SQL
) && { printf '%s\\n' "$answer"; exit; }
reason=$(printf '%s' "$answer" | tr '\\n\\t' '  ' | sed 's/^.*FATAL: *//')
case "$answer" in
  *"password authentication failed"* | *pg_hba.conf*) printf 'log-in of the role %s\\trefused: %s\\tas in the secret files\\n' "$0" "$reason" ;;
  *"not currently accepting"*) printf 'database %s\\ttakes no connections\\ttakes them\\n' "$1" ;;
  *"not permitted to log in"*) printf 'log-in of the role %s\\trefused: %s\\tas in the secret files\\t${SINGLE_USER}\\n' "$0" "$reason" ;;
  *'database "'*'" does not exist'*) printf 'database %s\\tgone\\tpresent\\trestore it from a backup\\n' "$1" ;;
  *ERROR:*) printf 'its check\\tfails: %s\\tanswered\\tlook at its log: npm run logs -- postgres\\n' "\${reason#*ERROR: }" ;;
esac
exit 0`;

/**
 * Sets the role's password, the settings and the rules of access back. Who has lost the password cannot log in, so the
 * server is told to trust its own socket meanwhile: nobody outside the container reaches that. The password passes over
 * stdin, and out of the server's log. Where the own database refuses connections, through one that every cluster has.
 */
const REPAIR = `
set -e
${UNIMPRESSED}
hba="$PGDATA/pg_hba.conf"
{ for who in "local all all" "host all all all" "local replication all" "host replication all samehost"; do echo "$who scram-sha-256"; done; } > "$hba.declared"
chmod 600 "$hba.declared"
[ ! -f ${LEFT.file} ] || cp ${LEFT.file} "$PGDATA/postgresql.conf"
restore() { mv -f "$hba.declared" "$hba"; pg_ctl reload -s -D "$PGDATA"; }
trap restore EXIT
{ echo "local all \\"$0\\" trust"; cat "$hba.declared"; } > "$hba"
pg_ctl reload -s -D "$PGDATA"
for attempt in 1 2 3 4 5 6 7 8 9 10; do
  for reached in "$1" postgres template1; do psql -qw -U "$0" -d "$reached" -c "select 1" > /dev/null 2>&1 && break 2; done
  sleep 0.2
done
psql -qw -v ON_ERROR_STOP=1 -v database="$1" -U "$0" -d "$reached" <<SQL
set log_statement to none;
set log_min_duration_statement to -1;
alter role "$0" valid until 'infinity' password '$(cat /run/secrets/postgres_password)';
alter system reset all;
select format('alter database %I allow_connections true', datname) from pg_database where datname = :'database' and not datallowconn \\gexec
select pg_reload_conf();
SQL`;

/** Told of a release, or where nothing was written down yet: a switch that only mends the edge is none. */
const RELEASED = `
set -e
[ "$2" = release ] || [ ! -f ${LEFT.sessions} ] || exit 0
${UNIMPRESSED}
export PGPASSWORD="$(cat /run/secrets/postgres_password)" PGCONNECT_TIMEOUT=5
psql -XqAtw -v ON_ERROR_STOP=1 -h 127.0.0.1 -U "$0" -d "$1" << 'SQL' > ${LEFT.sessions}.next
select concat_ws(chr(9), what, value) from (${SESSIONS}) as present order by 1;
SQL
cp "$PGDATA/postgresql.conf" ${LEFT.file}
mv -f ${LEFT.sessions}.next ${LEFT.sessions}`;

interface Names {
  readonly role: string;
  readonly database: string;
}

/** What may be changed inside a running server, unseen by the engine: its role's password, its settings, its disk. */
export function postgresCheck(names: Names): SelfCheck {
  return { command: script(CHECK, names), repair: script(REPAIR, names) };
}

/** Run inside the server when a release serves: writes down what it left, for the check to compare with. */
export function postgresReleased(names: Names): string[] {
  return script(RELEASED, names);
}

function script(text: string, { role, database }: Names): string[] {
  return ["sh", "-c", text, role, database];
}
