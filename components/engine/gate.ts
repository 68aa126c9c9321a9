/**
 * Run by components/gate.ts: sets right what can be on a container, then proves that it is able to serve, or fails
 * with the reason.
 * Environment: DOCKER_HOST, CONTAINER (id), GATE (JSON of GateOptions).
 */
import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { required, runCommand } from "./command.ts";
import { collapse } from "../lib/log-lines.ts";
import { labelFilter } from "../lib/names.ts";
import { exec, lastLogLines } from "./exec.ts";
import { heal, type Healthy, isNew, isStarting, type Patient, repair } from "./heal.ts";

export interface GateOptions extends Healthy {
  /** Labels of the containers that this service's resource has made, and the start of their names. */
  readonly labels: Readonly<Record<string, string>>;
  readonly namesBegin: string;
  /** Commands inside the container that must all exit with 0. */
  readonly probes: readonly (readonly string[])[];
  readonly timeoutSeconds: number;
  /** How long the container must have been running, at least, when the probes pass. */
  readonly settleSeconds: number;
  readonly rollout: "rolling" | "recreate";
}

/** Docker's own first probe comes only after a full interval; a gate that waited for it would cost up to 30 s. */
const POLL_MILLISECONDS = 250;

await runCommand(async (engine) => {
  const options = JSON.parse(required("GATE")) as GateOptions;
  const container = engine.getContainer(required("CONTAINER"));
  const info = await container.inspect();
  const tolerated = restartsToTolerate(info);
  await healOthers(engine, required("CONTAINER"), options);
  await setRight({ engine, container, info }, options, tolerated);
  await pass(container, options, tolerated);
  if (isStarting(info)) await repair(container, options);
  await writeDown(container, options);
});

/** A service that passes its probes can say what it runs by; where it cannot, its next check has nothing to compare. */
async function writeDown(container: Docker.Container, { service, check }: GateOptions): Promise<void> {
  if (!check?.proved) return;
  const { exitCode, output } = await exec(container, check.proved);
  if (exitCode !== 0) throw new Error(`${service}: cannot write down what it runs by: ${output.trim()}`);
}

/**
 * A new container that was restarted will be restarted again. One that has served, and crashed while its secrets were
 * gone, is asked again because they are back: those crashes are no news.
 */
function restartsToTolerate(info: Docker.ContainerInspectInfo): number {
  return isNew(info) ? 0 : info.RestartCount;
}

/** While a release waits for this gate, the container of the old version still serves: it is kept in order too. */
async function healOthers(engine: Docker, current: string, options: GateOptions): Promise<void> {
  const filters = {
    label: labelFilter(options.labels),
    name: [`^/${options.namesBegin}`],
    status: ["running", "paused"],
  };
  const others = (await engine.listContainers({ filters })).filter(({ Id }) => Id !== current);
  for (const container of others.map(({ Id }) => engine.getContainer(Id)))
    await heal({ engine, container, info: await container.inspect() }, withoutRestart(options));
}

function withoutRestart({ service, pidsLimit, networks }: Healthy): Healthy {
  return { service, pidsLimit, networks, restartable: false };
}

/** A container that ended at once cannot be updated: why it ended is what there is to say. */
async function setRight(patient: Patient, options: GateOptions, tolerated: number): Promise<void> {
  try {
    await heal(patient, options);
  } catch (error) {
    await refuseIfNotRunning(patient.container, options, tolerated);
    throw error;
  }
}

async function pass(container: Docker.Container, options: GateOptions, restarts: number): Promise<void> {
  const start = Date.now();
  let tolerated = restarts;
  const elapsed = (): number => (Date.now() - start) / 1000;
  let complaint = "";
  while (elapsed() < options.timeoutSeconds) {
    // A restart by hand, as by this gate, starts the count anew.
    tolerated = Math.min(tolerated, await refuseIfNotRunning(container, options, tolerated));
    complaint = await firstComplaint(container, options.probes);
    if (complaint === "" && elapsed() >= options.settleSeconds) return;
    await sleep(POLL_MILLISECONDS);
  }
  await fail(container, options, `not ready after ${options.timeoutSeconds} s: ${complaint}`);
}

/** A container that ended or was restarted since its start will not become ready by waiting. @returns its restarts. */
async function refuseIfNotRunning(
  container: Docker.Container,
  options: GateOptions,
  tolerated: number,
): Promise<number> {
  const { State, RestartCount } = await container.inspect();
  if (State.Status === "running" && RestartCount <= tolerated) return RestartCount;
  const oom = State.OOMKilled ? ", killed for want of memory" : "";
  return fail(container, options, `state ${State.Status}, exit code ${State.ExitCode}, ${RestartCount} restarts${oom}`);
}

/** What the first probe that does not pass says; empty where all pass. */
async function firstComplaint(container: Docker.Container, probes: GateOptions["probes"]): Promise<string> {
  for (const probe of probes) {
    const complaint = await tryProbe(container, probe);
    if (complaint !== "") return complaint;
  }
  return "";
}

async function tryProbe(container: Docker.Container, probe: readonly string[]): Promise<string> {
  try {
    const { exitCode, output } = await exec(container, probe);
    return exitCode === 0 ? "" : `${probe[0]} exited with ${exitCode}${lastLine(output)}`;
  } catch (error) {
    // The container may end between the look at its state and the probe: the next look says so, with its exit code.
    return error instanceof Error ? error.message : String(error);
  }
}

function lastLine(output: string): string {
  const line = output.trim().split("\n").at(-1) ?? "";
  return line === "" ? "" : `: ${line}`;
}

async function fail(container: Docker.Container, { service, rollout }: GateOptions, reason: string): Promise<never> {
  const log = collapse(await lastLogLines(container, 200)).slice(-20);
  const lines = log.length === 0 ? ["(it wrote nothing)"] : log;
  const still = rollout === "rolling" ? ["No request goes to it; what served before still does."] : [];
  throw new Error(
    [`${service}: ${reason}`, "Last lines of its log:", ...lines.map((line) => `  ${line}`), ...still].join("\n"),
  );
}
