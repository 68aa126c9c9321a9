import assert from "node:assert/strict";
import type Docker from "dockerode";
import { exec } from "../../../components/engine/exec.ts";
import type { TestStack } from "./stack.ts";

/** Asks the stack's Postgres as the application does: over TCP, with the password. */
export async function query(stack: TestStack, sql: string): Promise<string> {
  const command = `PGPASSWORD="$(cat /run/secrets/postgres_password)" psql -qtA -h 127.0.0.1 -U app -d app -c "$0"`;
  return outputOf(await stack.one("postgres"), ["sh", "-c", command, sql]);
}

/** Asks the stack's Redis. */
export async function redis(stack: TestStack, ...command: string[]): Promise<string> {
  const client = 'REDISCLI_AUTH="$(cat /run/secrets/redis_password)" exec redis-cli "$@"';
  return outputOf(await stack.one("redis"), ["sh", "-c", client, "redis-cli", ...command]);
}

/** The generated password of Postgres or Redis. */
export function passwordOf(container: Docker.Container): Promise<string> {
  return outputOf(container, ["sh", "-c", "cat /run/secrets/*_password"]);
}

async function outputOf(container: Docker.Container, command: string[]): Promise<string> {
  const { exitCode, output } = await exec(container, command);
  assert.equal(exitCode, 0, output);
  return output.trim().replace(/\r/g, "");
}
