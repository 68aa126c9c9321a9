import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { faultOfHost } from "../../components/engine/ping.ts";
import type { Fault } from "../../components/lib/fault.ts";
import { hostFault } from "../../components/lib/host-fault.ts";
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

/** What a host that does not answer, or is too old, ends a script with. */
async function refusal(fault: Fault): Promise<Refusal> {
  // Only now, because it loads a part of Pulumi's SDK.
  const { renderFault } = await import("../../components/lib/fault.ts");
  return new Refusal(EXIT.hostSilent, renderFault(fault));
}

/** What a script ends with where no host was named and none answers. */
export async function noEngine(): Promise<Refusal> {
  const fault = await faultOfHost(localSocket);
  return refusal(fault ?? hostFault(localSocket, new Error("it was away for a moment")));
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
  const fault = await faultOfHost(chosen.endpoint, chosen.source === "setting" ? "host" : chosen.source);
  if (fault) throw await refusal(fault);
  return chosen;
}

/**
 * The Docker Engine of a stack, for scripts that do not install one.
 * @throws Refusal where none answers.
 */
export async function answeringEngine(stack: string | undefined): Promise<Engine> {
  const engine = await findEngine(stack);
  if (engine === undefined) throw await noEngine();
  return engine;
}

/** Finds a Docker Engine that answers; installs and starts one where nobody has chosen another and that is possible. */
export async function ensureEngine(stack: string | undefined, note: (text: string) => void): Promise<Engine> {
  const found = await findEngine(stack);
  if (found !== undefined) return found;
  const { canInstallEngine, startEngine } = await import("../../offline/engine.ts");
  if (!canInstallEngine()) throw await noEngine();
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
  for (const endpoint of endpoints) if ((await faultOfHost(endpoint)) === undefined) return endpoint;
  return undefined;
}

async function untilAnswering(endpoint: string): Promise<void> {
  for (let waited = 0; waited < 60; waited += 0.5) {
    if ((await faultOfHost(endpoint)) === undefined) return;
    await sleep(500);
  }
  const log = join(stateFolder(), "dockerd.log");
  throw await refusal(hostFault(endpoint, new Error(`Docker did not start within 60 s; its log is ${log}`)));
}

/**
 * What has to be in the environment for the CLI and the tests to find the same engine. Over ssh no more than four
 * operations run at once: each is an ssh of its own, and sshd drops some of ten that log in together.
 */
export function engineEnv({ endpoint, source }: Engine, env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const parallel = endpoint.startsWith("ssh:") && !env.PULUMI_PARALLEL ? { PULUMI_PARALLEL: "4" } : {};
  return { ...parallel, ...(source === "setting" || endpoint === localSocket ? {} : { DOCKER_HOST: endpoint }) };
}
