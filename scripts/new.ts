import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import { connect } from "../components/engine/connect.ts";
import { readCapacity } from "../components/engine/host-capacity.ts";
import { faultOfHost } from "../components/engine/ping.ts";
import { type Capacity, capacityFaults, demands, tightRelease } from "../components/lib/capacity.ts";
import { type Fault, renderFault, renderFaults } from "../components/lib/fault.ts";
import type { Settings } from "../components/lib/settings.ts";
import { formatSize, mebibytes, mib } from "../components/lib/size.ts";
import { answeringEngine } from "./lib/engine.ts";
import { root } from "./lib/folders.ts";
import { watchInterrupts } from "./lib/interrupt.ts";
import { type NewStack, renderStackFile } from "./lib/new-stack.ts";
import { checkNewStack } from "./lib/new-stack-check.ts";
import { createStack } from "./lib/new-stack-create.ts";
import { type Flags, isYes, newStackOf, openQuestions, type Question, secretName } from "./lib/new-stack-flags.ts";
import { SIZE_NAMES } from "./lib/new-stack-size.ts";
import { afterwards, missingImage, refuseStackName } from "./lib/new-stack-text.ts";
import { EXIT, main, Refusal } from "./lib/outcome.ts";
import { projectName } from "./lib/stack-file.ts";
import { onTerminal, type Terminal } from "./lib/terminal.ts";
import { resolveToolchain } from "./lib/toolchain.ts";

const help = `
On a terminal it asks for what no option says; without one, and with --yes, the defaults count.
Commands are split at spaces; one that needs quotes is written into the file afterwards.
Exit codes: 0 made, 1 it failed, 2 wrong usage or settings, 3 the Docker host does not answer, 130 interrupted.`;

const collect = (name: string, earlier: readonly string[] = []): string[] => [...earlier, secretName(name)];

const command = new Command("npm run new --")
  .description("Makes a stack: its file, its secrets and its place in the backend. Nothing is changed on the host.")
  .argument("<stack>", "the stack's name, which Pulumi.<stack>.yaml and its containers will have")
  .option("--host <address>", "Docker host, for example ssh://deploy@example.org (default: this machine's)")
  .option("--domain <name>", "domain to serve by https (default: none, plain HTTP)")
  .option("--publish <address>", "address and port for plain HTTP (default: 127.0.0.1:8080)")
  .addOption(new Option("--size <name>", "for a host with 2, 4 or 8 GB (default: small)").choices(SIZE_NAMES))
  .addOption(new Option("--image <reference>", "image of the application").conflicts("build"))
  .option("--build <folder>", "folder with the application's Dockerfile")
  .addOption(new Option("--frontend-image <reference>", "image of the frontend").conflicts("frontendBuild"))
  .option("--frontend-build <folder>", "folder with the frontend's Dockerfile (default: no frontend)")
  .option("--migrations <command>", "command that migrates the database (default: none)")
  .option("--uploads <folder>", "folder of uploaded files in the container (default: none)")
  .option("--worker <path>", "import path of the Celery application (default: no worker)")
  .option("--beat", "keep the worker's schedule with beat")
  .option("--bot-command <command>", "command of a bot; its token is the environment's BOT_TOKEN (default: no bot)")
  .option("--secret <name>", "generate a secret for the application; may be repeated", collect)
  .option("--secret-from-env <name>", "take one from the environment; may be repeated", collect)
  .option("--yes", "ask nothing")
  .addHelpText("after", help)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.ok : EXIT.usage));

type Id = Pick<NewStack, "project" | "stack">;

/** The address of a Docker host that answers. */
async function answering(host: string | undefined): Promise<string> {
  if (!host) return (await answeringEngine(undefined)).endpoint;
  const fault = await faultOfHost(host, "host");
  if (fault) throw new Refusal(EXIT.hostSilent, renderFault(fault));
  return host;
}

const isFolder = (path: string): boolean => path !== "" && existsSync(join(root, path));

/** Asks until the answer has no fault. */
async function answered(id: Id, flags: Flags, question: Question, { ask }: Terminal): Promise<Flags> {
  const line = await ask(question.text);
  try {
    const next = { ...flags, ...question.take(line, isFolder) };
    const isOwn = ({ key }: Fault): boolean => question.settings.includes(key);
    const faults = checkNewStack(newStackOf(id, next)).faults.filter(isOwn);
    if (faults.length === 0) return next;
    console.log(faults.map((fault) => `  ${renderFault(fault)}`).join("\n"));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.log(`  ${error.message}`);
  }
  return answered(id, flags, question, { ask });
}

/** The host first, and whether it answers: else all the other answers are for nothing. */
async function interview(id: Id, given: Flags, terminal: Terminal): Promise<{ flags: Flags; endpoint: string }> {
  let flags = given;
  let endpoint = flags.host === undefined ? undefined : await answering(flags.host);
  for (const question of openQuestions(given)) {
    if (question.isAsked?.(flags) === false) continue;
    flags = await answered(id, flags, question, terminal);
    endpoint ??= await answering(flags.host);
  }
  return { flags, endpoint: endpoint ?? (await answering(flags.host)) };
}

/** What fits the host, of settings without faults. */
async function fitting(from: NewStack, endpoint: string): Promise<Capacity> {
  const { settings, faults } = checkNewStack(from);
  refuse(from.stack, faults);
  const capacity = await readCapacity(connect(endpoint));
  const wanted = demands(settings as Settings);
  refuse(from.stack, capacityFaults(wanted, endpoint, capacity));
  const tight = tightRelease(wanted, capacity);
  if (tight !== undefined) console.log(`note: ${tight}`);
  return capacity;
}

function refuse(stack: string, faults: readonly Fault[]): void {
  if (faults.length > 0) throw new Refusal(EXIT.usage, renderFaults(stack, faults));
}

async function confirm(from: NewStack, { ask }: Terminal): Promise<void> {
  console.log(`\n${renderStackFile(from)}`);
  const answer = await ask(`Write this to Pulumi.${from.stack}.yaml? y or n [y]`);
  if (answer !== "" && !isYes(answer)) throw new Refusal(EXIT.failed, "nothing was written");
}

/** With a terminal, what is asked there and agreed to; without, what the flags say. */
async function wanted(id: Id, given: Flags): Promise<{ from: NewStack; place: string }> {
  const settle = async (terminal?: Terminal): Promise<{ from: NewStack; place: string }> => {
    const { flags, endpoint } = terminal
      ? await interview(id, given, terminal)
      : { flags: given, endpoint: await answering(given.host) };
    const from = newStackOf(id, flags);
    const { memory, cpus } = await fitting(from, endpoint);
    if (terminal) await confirm(from, terminal);
    return { from, place: `${endpoint} (${formatSize(mib(mebibytes(memory)))}, ${cpus} CPUs)` };
  };
  return process.stdin.isTTY && !given.yes ? onTerminal(settle) : settle();
}

await main(async () => {
  const given = command.parse().opts<Flags>();
  const id = { project: projectName(), stack: command.args[0] as string };
  refuseStackName(id.stack);
  if ((!process.stdin.isTTY || given.yes) && !given.image && !given.build) throw missingImage(id.stack);
  const { from, place } = await wanted(id, given);
  watchInterrupts();
  const { env } = await resolveToolchain((text) => console.error(`pulumi: ${text}`));
  await createStack(from, env);
  console.log(afterwards(from, place));
});
