import type Docker from "dockerode";
import { connect } from "../../components/engine/connect.ts";
import { readServing } from "../../components/engine/serving.ts";
import { fixedName, type StackId } from "../../components/lib/names.ts";
import { type ExportedState, parseExport } from "./exported-state.ts";
import { clockLead, hostObjects, removeObject } from "./host-objects.ts";
import { type CutOff, type HostObject, leftovers } from "./leftovers.ts";
import type { Unfinished } from "./unfinished.ts";

/** Calls the CLI about the stack, without showing what it prints. */
export type QuietCli = (...args: string[]) => Promise<string>;

/**
 * Puts a stack in order after a run that was cut off: frees it, reads the host again where the state is in doubt, and
 * removes what that run made and did not record. Nothing that serves or holds data is touched.
 */
export async function mend(id: StackId, endpoint: string, left: Unfinished, cli: QuietCli): Promise<void> {
  const say = (text: string): void => console.error(`Stack ${id.stack}: ${text}`);
  if (left.isLocked) {
    say(`the run that began at ${left.since?.toISOString()} (process ${left.pid}) was killed; mending what it left`);
    await cli("cancel", "--yes");
  }
  const before = parseExport(await cli("stack", "export"));
  const state = before.pendingCount === 0 ? before : await readAgain(say, cli);
  const docker = connect(endpoint);
  const since = left.since && new Date(left.since.getTime() + (await clockLead(docker)) - MARGIN);
  await sweep(docker, id, { state, pendingNames: before.pendingNames, since }, say);
}

/** Milliseconds: the engine gives the times of containers and volumes in whole seconds. */
const MARGIN = 2000;

/** The refresh that `up` makes by itself leaves creations that were cut off in the state, and warns of them for ever. */
async function readAgain(say: (text: string) => void, cli: QuietCli): Promise<ExportedState> {
  say("the state has operations that were cut off; reading the host again");
  await cli("refresh", "--yes", "--skip-preview", "--clear-pending-creates");
  return parseExport(await cli("stack", "export"));
}

/** Containers first: networks and volumes are free only then. */
async function sweep(docker: Docker, id: StackId, run: CutOff, say: (text: string) => void): Promise<void> {
  const edge = docker.getContainer(fixedName(id, "edge"));
  const serving = Object.values(await readServing(edge)).flatMap((names) => [...names]);
  const objects = await hostObjects(docker, id);
  for (const container of leftovers(objects, run).filter(isContainer)) {
    if (!serving.includes(container.name)) await removeLeftover(docker, container, say);
    else say(`leaving container ${container.name} alone: it serves, and the state does not know it`);
  }
  const others = leftovers(await hostObjects(docker, id), run).filter((object) => !isContainer(object));
  for (const object of others) await removeLeftover(docker, object, say);
}

const isContainer = ({ kind }: HostObject): boolean => kind === "container";

async function removeLeftover(docker: Docker, object: HostObject, say: (text: string) => void): Promise<void> {
  const what = `${object.kind} ${object.name}`;
  try {
    await removeObject(docker, object);
    say(`removed ${what}, which the last run made and did not record`);
  } catch (error) {
    const remedy = `docker ${object.kind} rm ${object.name}`;
    const cause = `${what} is left of a run that was cut off and cannot be removed: ${reasonOf(error as EngineError)}`;
    throw new Error(`${cause}; remove it with: ${remedy}, then run this again`, { cause: error });
  }
}

type EngineError = Error & { readonly json?: { readonly message?: string } };

/** The engine's own words, where it had any. */
function reasonOf({ json, message }: EngineError): string {
  return json?.message ?? message;
}
