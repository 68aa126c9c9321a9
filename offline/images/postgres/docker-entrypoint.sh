#!/bin/bash
# Does what the official image's script of this name does, for the settings named in file_env below.
# One difference: the cluster is made in a sibling directory and renamed when it is whole, so an interrupted first
# start leaves nothing that a second start would take for a database.
set -Eeuo pipefail

file_env() { # VAR or VAR_FILE, else the default
  local file="$1_FILE"
  [[ -z ${!file:-} ]] || printf -v "$1" %s "$(<"${!file}")"
  printf -v "$1" %s "${!1:-${2:-}}"
  export "${1?}"
}

run_init_file() {
  case $1 in
    *.sh) if [[ -x $1 ]]; then "$1"; else . "$1"; fi ;;
    *.sql) sql --dbname "$POSTGRES_DB" <"$1" ;;
    *.sql.gz) gunzip -c "$1" | sql --dbname "$POSTGRES_DB" ;;
    *) echo "ignoring $1" ;;
  esac
}

sql() { psql -v ON_ERROR_STOP=1 --no-psqlrc --username "$POSTGRES_USER" "$@"; }

create_cluster() { # in $1
  mkdir -p "$1"
  # shellcheck disable=SC2086 # the arguments are words
  initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") -D "$1" $POSTGRES_INITDB_ARGS
  printf '\nhost all all all scram-sha-256\n' >>"$1/pg_hba.conf"
}

fill_cluster() { # in $1; the temporary server listens on the socket only, so a probe over TCP stays red
  PGDATA=$1 pg_ctl -w start -o "${2:+$(printf '%q ' "${@:2}")}-c listen_addresses='' -p 5432"
  export PGPASSWORD=$POSTGRES_PASSWORD
  if [[ $POSTGRES_DB != postgres ]]; then
    sql --dbname postgres --set db="$POSTGRES_DB" <<<'CREATE DATABASE :"db";'
  fi
  for file in /docker-entrypoint-initdb.d/*; do
    if [[ -f $file ]]; then echo "running $file" && run_init_file "$file"; fi
  done
  unset PGPASSWORD
  PGDATA=$1 pg_ctl -w -m fast stop
}

initialise() {
  file_env POSTGRES_PASSWORD
  file_env POSTGRES_USER postgres
  file_env POSTGRES_DB "$POSTGRES_USER"
  file_env POSTGRES_INITDB_ARGS
  if [[ -z $POSTGRES_PASSWORD ]]; then
    echo 'Error: database is uninitialized and superuser password is not specified; set POSTGRES_PASSWORD_FILE' >&2
    exit 1
  fi
  local new=$PGDATA
  # A volume mounted at PGDATA itself has no writable sibling: there the official way, in place, is all there is.
  if [[ -w $(dirname "$PGDATA") ]] && ! mountpoint -q "$PGDATA"; then new=$PGDATA.new && rm -rf "$new"; fi
  create_cluster "$new"
  fill_cluster "$new" "$@"
  if [[ $new != "$PGDATA" ]]; then
    rmdir "$PGDATA" 2>/dev/null || true
    mv -T "$new" "$PGDATA"
  fi
  unset POSTGRES_PASSWORD
}

[[ ${1:-} != -* ]] || set -- postgres "$@"
[[ ${1:-} == postgres ]] || exec "$@"
if [[ $(id -u) == 0 ]]; then
  mkdir -p "$PGDATA"
  chown -R postgres:postgres "$PGDATA"
  exec setpriv --reuid postgres --regid postgres --init-groups "$0" "$@"
fi
[[ -s $PGDATA/PG_VERSION ]] || initialise "${@:2}"
exec "$@"
