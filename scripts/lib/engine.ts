import { existsSync } from "node:fs";
import { request } from "node:http";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stateFolder } from "./folders.ts";
import { EXIT, Refusal } from "./outcome.ts";
import { stackSetting } from "./stack-file.ts";

export const localSocket = "unix:///var/run/docker.sock";

export interface Engine {
  readonly endpoint: string;
  /** How it came to be there, for the table of pieces. */
  readonly source: "setting" | "DOCKER_HOST" | "running" | "distribution packages";
}

/** The address that a stack or the environment asks for, if any does. */
export function chosenEngine(stack: string | undefined, env: NodeJS.ProcessEnv = process.env): Engine | undefined {
  const setting = stack === undefined ? undefined : stackSetting(stack, "host");
  if (setting !== undefined) return { endpoint: setting, source: "setting" };
  return env.DOCKER_HOST ? { endpoint: env.DOCKER_HOST, source: "DOCKER_HOST" } : undefined;
}

/** @returns why the engine does not answer, or undefined when it does. */
export async function silence(endpoint: string): Promise<string | undefined> {
  try {
    if (endpoint.startsWith("unix://")) await pingSocket(endpoint.slice("unix://".length));
    else await (await import("../../components/engine/connect.ts")).connect(endpoint).ping();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** By hand, because loading an API client would take longer than all else that `npm run pulumi` does. */
function pingSocket(socketPath: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const ping = request({ socketPath, path: "/_ping", timeout: 5000 }, (response) => {
      response.resume();
      if (response.statusCode === 200) resolve();
      else reject(new Error(`it answered ${response.statusCode}`));
    });
    ping.on("timeout", () => ping.destroy(new Error("no answer within 5 s")));
    ping.on("error", reject);
    ping.end();
  });
}

export function unreachable(endpoint: string, cause: string): Refusal {
  const remedy = "start Docker there, or correct the setting host or DOCKER_HOST";
  return new Refusal(EXIT.hostSilent, `Docker host ${endpoint} does not answer: ${cause}; ${remedy}`);
}

/**
 * The Docker Engine that a stack or the environment asks for, else one that answers on a usual socket.
 * @throws Refusal where the one that was asked for does not answer.
 */
export async function findEngine(stack: string | undefined): Promise<Engine | undefined> {
  const chosen = chosenEngine(stack);
  if (chosen === undefined) {
    const running = await firstAnswering(usualSockets());
    return running === undefined ? undefined : { endpoint: running, source: "running" };
  }
  const cause = await silence(chosen.endpoint);
  if (cause !== undefined) throw unreachable(chosen.endpoint, cause);
  return chosen;
}

/** Finds a Docker Engine that answers; installs and starts one where nobody has chosen another and that is possible. */
export async function ensureEngine(stack: string | undefined, note: (text: string) => void): Promise<Engine> {
  const found = await findEngine(stack);
  if (found !== undefined) return found;
  const { canInstallEngine, startEngine } = await import("../../offline/engine.ts");
  if (!canInstallEngine()) throw unreachable(localSocket, (await silence(localSocket)) ?? "it was away for a moment");
  note("installing and starting Docker");
  await startEngine(stateFolder());
  await untilAnswering(localSocket);
  return { endpoint: localSocket, source: "distribution packages" };
}

/** Docker's own, then those of Docker Desktop, Colima and a rootless engine. */
function usualSockets(): string[] {
  const home = homedir();
  const others = [join(home, ".docker/run/docker.sock"), join(home, ".colima/default/docker.sock")];
  const rootless = process.env.XDG_RUNTIME_DIR ? [join(process.env.XDG_RUNTIME_DIR, "docker.sock")] : [];
  return [localSocket, ...[...others, ...rootless].filter((file) => existsSync(file)).map((file) => `unix://${file}`)];
}

async function firstAnswering(endpoints: readonly string[]): Promise<string | undefined> {
  for (const endpoint of endpoints) if ((await silence(endpoint)) === undefined) return endpoint;
  return undefined;
}

async function untilAnswering(endpoint: string): Promise<void> {
  for (let waited = 0; waited < 60; waited += 0.5) {
    if ((await silence(endpoint)) === undefined) return;
    await sleep(500);
  }
  throw unreachable(endpoint, `Docker did not start within 60 s; its log is ${join(stateFolder(), "dockerd.log")}`);
}

/** What has to be in the environment for the CLI and the tests to find the same engine. */
export function engineEnv({ endpoint, source }: Engine): Record<string, string> {
  return source === "setting" || endpoint === localSocket ? {} : { DOCKER_HOST: endpoint };
}
