import { dataNetworks } from "./data-networks.ts";
import { seconds } from "./duration.ts";
import type { PostgresSettings } from "./settings.ts";
import { healthcheck } from "./healthcheck.ts";
import type { ServicePlan } from "./plan.ts";
import { postgresCheck } from "./postgres-check.ts";
import { mebibytes, mib, type Size } from "./size.ts";

/** Where the image keeps its data. */
export const POSTGRES_DATA = "/var/lib/postgresql/data";

/** The cluster itself: below the volume's root, beside the lock. */
export const POSTGRES_PGDATA = `${POSTGRES_DATA}/pgdata`;

/**
 * Takes a lock on the volume, then starts the image's own entrypoint with the lock held.
 * Two servers on one data directory both said "ready" and corrupt it: a pid file proves nothing across containers. And
 * under an init, the pid file that a killed server leaves may name a living process, which stops the next start; with
 * the lock held it is certainly stale.
 */
const LOCKED_START = [
  `exec 9>${POSTGRES_DATA}/.lock`,
  `flock -n 9 || { echo "${POSTGRES_DATA} is in use by another server" >&2; exit 1; }`,
  'rm -f "$PGDATA/postmaster.pid"',
  'exec docker-entrypoint.sh "$@"',
].join("\n");

/** The plan of a Postgres under init, locked to its volume, tuned from its memory limit. */
export function postgresPlan(settings: PostgresSettings): ServicePlan {
  const { memory } = settings;
  return {
    service: "postgres",
    rollout: "recreate",
    user: settings.user,
    entrypoint: ["/bin/sh", "-c", LOCKED_START, "postgres-entrypoint"],
    command: ["postgres", ...Object.entries(tuning(memory)).flatMap(([key, value]) => ["-c", `${key}=${value}`])],
    env: environment(settings),
    ...dataNetworks(settings),
    mounts: [{ volume: "data", target: POSTGRES_DATA }],
    tmpfs: { "/var/run/postgresql": { size: mib(1) }, "/tmp": { size: mib(16) } },
    memory,
    cpus: settings.cpus,
    pidsLimit: maxConnections(memory) + 60,
    // As PID 1 the server adopts orphans of timed-out probes and takes their end for a crash: every client is cut.
    init: true,
    // SIGTERM would wait for every client to leave; SIGINT is Postgres' fast shutdown.
    stopSignal: "SIGINT",
    stopGrace: settings.stopGrace,
    healthcheck: healthcheck(acceptsConnections(settings), { retries: 5, startPeriod: seconds(60) }),
    readiness: { probes: [queryProbe(settings)], timeout: seconds(120) },
    check: postgresCheck(settings),
  };
}

function environment({ role, database }: PostgresSettings): Record<string, string> {
  return {
    PGDATA: POSTGRES_PGDATA,
    POSTGRES_USER: role,
    POSTGRES_DB: database,
    POSTGRES_PASSWORD_FILE: "/run/secrets/postgres_password",
    POSTGRES_INITDB_ARGS:
      "--data-checksums --encoding=UTF8 --locale=C.UTF-8 --auth-local=scram-sha-256 --auth-host=scram-sha-256",
  };
}

/** Needs no password and writes no line to the log, so Docker may ask it all the time. */
function acceptsConnections({ role, database }: PostgresSettings): string[] {
  return ["pg_isready", "-q", "-h", "127.0.0.1", "-U", role, "-d", database];
}

/** A query over TCP with the password that clients use: it also proves that password and data still fit. */
function queryProbe({ role, database }: PostgresSettings): string[] {
  const query = `psql -q -w -h 127.0.0.1 -U "$0" -d "$1" -c "select 1" >/dev/null`;
  return ["sh", "-c", `PGPASSWORD="$(cat /run/secrets/postgres_password)" exec ${query}`, role, database];
}

/** Tried with pgbench at 256, 512 and 1024 MiB (30, 60, 100 connections); not raised beyond what was tried. */
function maxConnections(memory: Size): number {
  return Math.min(100, Math.floor(mebibytes(memory) / 8.5));
}

/**
 * Server settings from the memory limit. `shared_buffers` above the limit would start too, and be killed only once its
 * pages are touched, so nothing here is left to trial.
 */
export function tuning(memory: Size): Record<string, string> {
  const total = mebibytes(memory);
  return {
    shared_buffers: `${Math.floor(total / 4)}MB`,
    effective_cache_size: `${Math.floor((total * 5) / 8)}MB`,
    maintenance_work_mem: `${Math.floor(total / 16)}MB`,
    work_mem: total < 512 ? "2MB" : "4MB",
    max_wal_size: `${Math.min(1024, Math.max(256, total))}MB`,
    max_connections: String(maxConnections(memory)),
  };
}
