/**
 * Run by components/switch.ts: points every route of the edge at the containers that have passed their gates.
 * Environment: DOCKER_HOST, EDGE (container id), CADDYFILE, SLOTS (number of a service's slots),
 * LABELS (JSON), TARGETS (JSON of ids by service), ALONGSIDE (JSON of the ids of rolling containers without routes) and
 * RELEASED (JSON of Released).
 */
import type Docker from "dockerode";
import { SLOTS_DIRECTORY as UP } from "../lib/caddyfile.ts";
import { LIVE_DIGEST, SWITCHED } from "../lib/edge-check.ts";
import { LABEL, labelFilter } from "../lib/names.ts";
import { parseOwner, tarOf } from "./archive.ts";
import { isStatus, required, runCommand } from "./command.ts";
import { exec } from "./exec.ts";

/** What writes down, inside a container, what a release left there. It is told by its last argument whether there was one. */
export interface Released {
  readonly container: string;
  readonly command: readonly string[];
}

type Targets = Readonly<Record<string, readonly string[]>>;

const CONFIG = "/config";
const ADMIN = "unix//run/caddy/admin.sock";

/** So that the next preview sees whether anybody has changed it. */
const WRITE_DOWN = `cd ${CONFIG} && ${LIVE_DIGEST} > ${SWITCHED.live} && sha256sum Caddyfile up/* > ${SWITCHED.files}`;

await runCommand(async (engine) => {
  const edge = engine.getContainer(required("EDGE"));
  const targets = JSON.parse(required("TARGETS")) as Targets;
  const served = await currentlyServing(edge);
  await pointSlots(engine, edge, targets);
  await installCaddyfile(edge, required("CADDYFILE"));
  await run(edge, ["sh", "-c", WRITE_DOWN]);
  const alongside = JSON.parse(required("ALONGSIDE")) as string[];
  await sweep(engine, new Set([...Object.values(targets).flat(), ...alongside]), served);
  await writeDown(engine, JSON.parse(required("RELEASED")) as Released, served, await currentlyServing(edge));
});

/** A switch that only mends the edge must not take for released what somebody has changed by hand since. */
async function writeDown(
  engine: Docker,
  { container, command }: Released,
  before: Set<string>,
  now: Set<string>,
): Promise<void> {
  const isRelease = [...now].some((name) => !before.has(name));
  const { exitCode, output } = await exec(engine.getContainer(container), [...command, isRelease ? "release" : "mend"]);
  if (exitCode !== 0) throw new Error(`${container}: cannot write down what the release left: ${output.trim()}`);
}

/** Names of the containers that the slots pointed at so far; none before the first switch. */
async function currentlyServing(edge: Docker.Container): Promise<Set<string>> {
  const { exitCode, output } = await exec(edge, ["sh", "-c", `for f in ${UP}/*; do cat "$f" && echo; done`]);
  return new Set(exitCode === 0 ? output.split("\n").filter((name) => name !== "") : []);
}

/**
 * Writes the slots aside and renames each into place. Caddy reads them per request, so a switch resets no
 * connection; a reload does (0.1 to 0.9 each at 150 requests/s).
 */
async function pointSlots(engine: Docker, edge: Docker.Container, targets: Targets): Promise<void> {
  const files: Record<string, string> = {};
  for (const [service, ids] of Object.entries(targets)) {
    const names = await Promise.all(ids.map((id) => nameOf(engine, id)));
    for (let slot = 0; slot < Number(required("SLOTS")); slot++)
      files[`${service}-${slot}`] = names[slot % names.length] ?? "";
  }
  await put(edge, `${CONFIG}/next`, files);
  await run(edge, ["sh", "-c", `mkdir -p ${UP} && for f in ${CONFIG}/next/*; do mv -f "$f" ${UP}/; done`]);
}

async function nameOf(engine: Docker, id: string): Promise<string> {
  return (await engine.getContainer(id).inspect()).Name.slice(1);
}

/** Reloads only when listeners or routes changed: written aside, validated, loaded, then renamed into place. */
async function installCaddyfile(edge: Docker.Container, wanted: string): Promise<void> {
  const { output: present } = await exec(edge, ["cat", `${CONFIG}/Caddyfile`]);
  if (present === wanted && (await isLive(edge))) return;
  await put(edge, CONFIG, { "Caddyfile.next": wanted });
  const file = ["--config", `${CONFIG}/Caddyfile.next`, "--adapter", "caddyfile"];
  await run(edge, ["caddy", "validate", ...file]);
  await run(edge, ["caddy", "reload", ...file, "--address", ADMIN]);
  await run(edge, ["mv", "-f", `${CONFIG}/Caddyfile.next`, `${CONFIG}/Caddyfile`]);
}

/** Whether Caddy runs by what the last switch loaded, and not by what somebody gave to its API since. */
async function isLive(edge: Docker.Container): Promise<boolean> {
  const { exitCode } = await exec(edge, ["sh", "-c", `[ "$(${LIVE_DIGEST})" = "$(cat ${SWITCHED.live})" ]`]);
  return exitCode === 0;
}

/** Puts files, owned by the edge's user, into a directory of its configuration volume. */
async function put(edge: Docker.Container, directory: string, files: Record<string, string>): Promise<void> {
  const owner = parseOwner((await edge.inspect()).Config.User);
  const folder = directory === CONFIG ? [] : [{ path: directory, mode: 0o700 }];
  const entries = Object.entries(files).map(([name, content]) => ({
    path: `${directory}/${name}`,
    mode: 0o600,
    content,
  }));
  // Unpacked on the volume itself: with a read-only root the engine refuses any other place.
  await edge.putArchive(await tarOf(owner, CONFIG, [...folder, ...entries]), { path: CONFIG });
}

async function run(edge: Docker.Container, command: string[]): Promise<void> {
  const { exitCode, output } = await exec(edge, command);
  if (exitCode !== 0) throw new Error(`edge: ${command[0]} ${command[1]} exited with ${exitCode}: ${output.trim()}`);
}

/**
 * Removes containers of rolling services that a killed `up` left behind: nobody knows them, and a worker among them
 * takes tasks. The ones that served so far stay; Pulumi deletes them itself, last. An old worker goes here already: the
 * new one has proved itself, and from a stray it cannot be told.
 */
async function sweep(engine: Docker, current: Set<string>, served: Set<string>): Promise<void> {
  const labels = JSON.parse(required("LABELS")) as Record<string, string>;
  const label = labelFilter({ ...labels, [LABEL.rollout]: "rolling" });
  const all = await engine.listContainers({ all: true, filters: { label } });
  const strays = all.filter(({ Id, Names }) => !current.has(Id) && !Names.some((name) => served.has(name.slice(1))));
  await Promise.all(strays.map(({ Id }) => removeGracefully(engine.getContainer(Id))));
}

async function removeGracefully(container: Docker.Container): Promise<void> {
  await container.stop().catch(ignoreStatus(304, 404));
  await container.remove({ v: true, force: true }).catch(ignoreStatus(404, 409));
}

/** 304: was stopped already; 404: is gone; 409: its removal is under way. */
function ignoreStatus(...codes: number[]): (error: Error) => void {
  return (error) => {
    if (!isStatus(error, ...codes)) throw error;
  };
}
