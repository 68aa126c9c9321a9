import Docker from "dockerode";
import { connect } from "./connect.ts";

/**
 * The frame of every script that a `command.local.Command` runs: connects to the stack's engine, and on failure
 * writes one message to stderr and exits with 1, so that the resource fails and is tried again in the next `up`.
 */
export async function runCommand(action: (engine: Docker) => Promise<void>): Promise<void> {
  try {
    await action(connect(required("DOCKER_HOST")));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

/**
 * An environment variable that the component always gives.
 * @throws Error naming the variable, where it is missing.
 */
export function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`${name} is not set; this script is run by a component`);
  return value;
}

/** Whether an error is the engine's answer with one of these HTTP status codes. */
export function isStatus(error: unknown, ...codes: number[]): boolean {
  return codes.includes((error as { statusCode?: number }).statusCode ?? 0);
}
