/**
 * Run by components/gate.ts: proves that a container is able to serve, or fails with the reason.
 * Environment: DOCKER_HOST, CONTAINER (id), GATE (JSON of GateOptions).
 */
import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { required, runCommand } from "./command.ts";
import { collapse } from "../lib/log-lines.ts";
import { exec, lastLogLines } from "./exec.ts";

export interface GateOptions {
  readonly service: string;
  /** Processes and threads: the one limit that the provider cannot set. */
  readonly pidsLimit: number;
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
  await limitProcesses(container, options);
  await pass(container, options);
});

/** A container that ended at once cannot be updated: why it ended is what there is to say. */
async function limitProcesses(container: Docker.Container, options: GateOptions): Promise<void> {
  try {
    await container.update({ PidsLimit: options.pidsLimit });
  } catch (error) {
    await refuseIfNotRunning(container, options);
    throw error;
  }
}

async function pass(container: Docker.Container, options: GateOptions): Promise<void> {
  const start = Date.now();
  const elapsed = (): number => (Date.now() - start) / 1000;
  let complaint = "";
  while (elapsed() < options.timeoutSeconds) {
    await refuseIfNotRunning(container, options);
    complaint = await firstComplaint(container, options.probes);
    if (complaint === "" && elapsed() >= options.settleSeconds) return;
    await sleep(POLL_MILLISECONDS);
  }
  await fail(container, options, `not ready after ${options.timeoutSeconds} s: ${complaint}`);
}

/** A container that ended or was restarted since its start will not become ready by waiting. */
async function refuseIfNotRunning(container: Docker.Container, options: GateOptions): Promise<void> {
  const { State, RestartCount } = await container.inspect();
  if (State.Status === "running" && RestartCount === 0) return;
  const oom = State.OOMKilled ? ", killed for want of memory" : "";
  await fail(container, options, `state ${State.Status}, exit code ${State.ExitCode}, ${RestartCount} restarts${oom}`);
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
