import type { Edits, World } from "./edit.ts";
import { imageName, inside, inspected, published } from "./read.ts";

const MiB = 2 ** 20;

const MADE_SO = (what: string, got: string, was: string) =>
  `postgres.${what}: must be "${was}", which the data was made with, got "${got}"; ` +
  "go back to it, or dump the database, remove the volume with its protection, and restore the dump";

function psql(sql: string) {
  const command =
    'PGPASSWORD="$(cat /run/secrets/postgres_password)" exec psql -qtA -h 127.0.0.1 -U clerk -d shop -c "$0"';
  return inside("postgres", "sh", "-c", command, sql);
}

function redisCli(...command: string[]) {
  const client = 'REDISCLI_AUTH="$(cat /run/secrets/redis_password)" exec redis-cli "$@"';
  return inside("redis", "sh", "-c", client, "redis-cli", ...command);
}

/** Edits of the services that keep data. */
export const dataEdits = ({ uid, port }: World): Edits => ({
  "postgres.image": {
    to: "onehost-e2e/postgres:15",
    shows: "onehost-e2e/postgres:15",
    read: imageName("postgres"),
  },
  "postgres.user": {
    to: `${uid.postgres}:10300`,
    shows: `${uid.postgres}:10300`,
    read: inspected("postgres", "Config.User"),
  },
  "postgres.database": {
    to: "other",
    refused: MADE_SO("database", "other", "shop"),
    shows: "shop",
    read: psql("select current_database()"),
  },
  "postgres.role": {
    to: "other",
    refused: MADE_SO("role", "other", "clerk"),
    shows: "clerk",
    read: psql("select current_user"),
  },
  "postgres.publish": {
    to: `127.0.0.1:${port.postgres}`,
    shows: [`127.0.0.1:${port.postgres}`],
    read: published("postgres", 5432),
  },
  "postgres.memory": { to: "384MiB", shows: "96MB", read: psql("show shared_buffers") },
  "postgres.cpus": { to: "0.75", shows: 750_000_000, read: inspected("postgres", "HostConfig.NanoCpus") },
  "postgres.stopGrace": { to: "50s", shows: 50, read: inspected("postgres", "Config.StopTimeout") },
  "redis.image": { to: "onehost-e2e/redis:edited", shows: "onehost-e2e/redis:edited", read: imageName("redis") },
  "redis.user": {
    to: `${uid.redis}:10301`,
    shows: `${uid.redis}:10301`,
    read: inspected("redis", "Config.User"),
  },
  "redis.publish": {
    to: `127.0.0.1:${port.redis}`,
    shows: [`127.0.0.1:${port.redis}`],
    read: published("redis", 6379),
  },
  "redis.memory": {
    to: "96MiB",
    shows: `maxmemory\n${72 * MiB}`,
    read: redisCli("config", "get", "maxmemory"),
  },
  "redis.cpus": { to: "0.25", shows: 250_000_000, read: inspected("redis", "HostConfig.NanoCpus") },
  "redis.stopGrace": { to: "20s", shows: 20, read: inspected("redis", "Config.StopTimeout") },
});
