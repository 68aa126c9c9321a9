import type Docker from "dockerode";
import { Refusal, EXIT } from "./outcome.ts";

/**
 * What the engine knows of a container that runs.
 * @throws Refusal for one in any other state, in which no command can be run.
 */
export async function requireRunning(
  container: Docker.Container,
  service: string,
): Promise<Docker.ContainerInspectInfo> {
  const found = await container.inspect();
  const { Status, ExitCode } = found.State;
  if (Status === "running") return found;
  const state = Status === "exited" ? `exited with ${ExitCode}` : Status;
  throw new Refusal(EXIT.failed, `${service}: must be running, is ${state}; look with: npm run logs -- ${service}`);
}
