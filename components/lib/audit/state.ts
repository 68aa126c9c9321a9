import type Docker from "dockerode";
import type { ServicePlan } from "../plan.ts";
import type { Difference } from "./compare.ts";
import { type Seen, type SeenContainer, serviceOf } from "./seen.ts";

/** A restart counts as news for this long. */
const NEWS_MILLISECONDS = 10 * 60 * 1000;

/** On a busy host one probe now and then takes too long, and the next one passes. */
const NEWS_FAILURES = 2;

/** What everything else needs: while one of them is not well, restarting others helps nobody. */
export const DATA_SERVICES = ["postgres", "redis"];

type State = Docker.ContainerInspectInfo["State"];

/** Paused, stopped, crash-looping, failing its health check. */
export function stateFindings(plan: ServicePlan, container: SeenContainer, seen: Seen): Difference[] {
  const { State } = container.info;
  if (State.Paused) return [running("paused", "up unpauses it")];
  if (isCrashing(container.info, seen.at)) return [crashLoop(container)];
  if (!State.Running) return [running(ended(State), "up starts it and waits until it is ready", true)];
  if (container.isHalted)
    return [running("process 1 stopped by a signal: it hears of no docker stop", "up continues it")];
  return [...(container.isStarved ? [starved(plan)] : []), ...healthFindings(plan, container, seen)];
}

/** A child of the container's own process, such as one worker of several: the container goes on. */
function starved({ service }: ServicePlan): Difference {
  const remedy = `give it more (${service}.memory), or see what needed it`;
  return { property: "memory", found: "a process was killed for want of it", cure: "people", remedy, gap: false };
}

/** Whether a container ended by itself lately and was started again. */
export function isCrashing({ State, RestartCount }: Docker.ContainerInspectInfo, now: Date): boolean {
  const age = now.getTime() - new Date(State.StartedAt).getTime();
  return State.Restarting || (State.Running && RestartCount > 0 && age < NEWS_MILLISECONDS);
}

function running(found: string, remedy: string, gap = false): Difference {
  return { property: "state", found, declared: "running", cure: "gate", remedy, gap };
}

function ended({ Status, ExitCode, OOMKilled }: State): string {
  // Docker says so of a container in which any process was killed, also where it was stopped by hand an hour later (seen).
  const killed =
    ExitCode === KILLED ? ", killed for want of memory" : ", after a process was killed for want of memory";
  return `${Status}, exit code ${ExitCode}${OOMKilled ? killed : ""}`;
}

/** The exit code of a process that SIGKILL ended. */
const KILLED = 137;

function crashLoop({ info: { State, RestartCount }, lastWords, ending }: SeenContainer): Difference {
  const times = RestartCount === 1 ? "once" : `${RestartCount} times`;
  // Docker forgets how a container ended as soon as it runs again.
  const exitCode = State.ExitCode || ending?.exitCode;
  const code = exitCode === undefined ? "" : `, exit code ${exitCode}`;
  const oom = State.OOMKilled || ending?.outOfMemory ? ", killed for want of memory" : "";
  const words = lastWords === "" ? "" : `, last line of its log: ${lastWords}`;
  const found = `restarted ${times} by Docker${code}${oom}${words}`;
  const isWellAgain = !State.Restarting && State.Health?.Status === "healthy";
  const remedy = isWellAgain ? RECOVERED : "no up cures it: correct the image or its settings";
  return { property: "state", found, cure: "people", remedy, gap: false };
}

const RECOVERED = "it runs again; its log says what happened";

/**
 * Whether Docker has given a container up. It says "unhealthy", without a failure, of one that is paused too, and goes on
 * saying so until its next probe (closeMonitorChannel in moby's health.go).
 */
export function isGivenUp(health: State["Health"]): boolean {
  return health?.Status === "unhealthy" && (health.FailingStreak ?? 0) > 0;
}

function healthFindings(plan: ServicePlan, container: SeenContainer, seen: Seen): Difference[] {
  const health = container.info.State.Health;
  if (!health || !(isGivenUp(health) || (health.FailingStreak ?? 0) >= NEWS_FAILURES)) return [];
  const output = lastOutput(health);
  const found = `${health.Status}, ${health.FailingStreak} failures in a row${output === "" ? "" : `: ${output}`}`;
  return [{ property: "health", found, declared: "healthy", ...healthCure(plan, health.Status, seen) }];
}

function lastOutput({ Log }: NonNullable<State["Health"]>): string {
  const lines = (Log?.at(-1)?.Output ?? "").trim().split("\n");
  return (lines.at(-1) ?? "").slice(0, 200);
}

function healthCure(plan: ServicePlan, status: string, seen: Seen): Pick<Difference, "cure" | "remedy" | "gap"> {
  const people = { cure: "people", gap: false } as const;
  if (status !== "unhealthy") return { ...people, remedy: "look again: Docker has not given it up yet" };
  if (DATA_SERVICES.includes(plan.service)) {
    return { ...people, remedy: "look at its log first; a restart while it recovers makes it start all over" };
  }
  const unwell = seen.containers.find((other) => DATA_SERVICES.includes(serviceOf(other)) && !isWell(other.info.State));
  if (unwell) return { ...people, remedy: `${serviceOf(unwell)} is not well either; see to that first` };
  return { cure: "gate", remedy: "up restarts it", gap: plan.rollout === "recreate" };
}

function isWell({ Running, Paused, Health }: State): boolean {
  return Running && !Paused && !isGivenUp(Health);
}
