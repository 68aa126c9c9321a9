import { createInterface } from "node:readline/promises";
import { Command } from "commander";
import { watchInterrupts } from "./lib/interrupt.ts";
import { aloneOnMachine } from "./lib/machine-lock.ts";
import { EXIT, main, Refusal } from "./lib/outcome.ts";
import { needPorts } from "./lib/ports.ts";
import { removeRegistry } from "./lib/registry.ts";
import { isRehearsed, rehearsalName } from "./lib/rehearsal.ts";
import { prepareRehearsal } from "./lib/rehearse.ts";
import { serviceRow, servicesOf } from "./lib/services.ts";
import { setUp, type SetUp } from "./lib/set-up.ts";
import { Stack } from "./lib/stack.ts";
import { projectName, stackSettings } from "./lib/stack-file.ts";
import { table } from "./lib/table.ts";

interface Options {
  readonly stack: string;
  readonly down?: boolean;
  readonly volumes?: boolean;
  readonly yes?: boolean;
}

const help = `
Exit codes: 0 done, 1 a step failed, 2 wrong usage, 3 the Docker host does not answer,
4 another process is changing the stack or getting the machine ready, 130 interrupted.`;

const command = new Command("npm run quickstart --")
  .description("Gets a machine ready, brings the stack up and prints where it is served.")
  .option(
    "--stack <name>",
    "stack to work on, with its settings in Pulumi.<name>.yaml; one of another host is tried here",
    "dev",
  )
  .option("--down", "remove the stack's containers and networks; data and passwords stay")
  .option("--volumes", "with --down: remove the data and the passwords too")
  .option("--yes", "do not ask before data is removed")
  .addHelpText("after", help)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.ok : EXIT.usage));

const startedAt = Date.now();

/** Seconds since the start, for the last line of each phase. */
function elapsed(): string {
  return `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
}

async function confirmed(stack: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new Refusal(EXIT.usage, `removing the data of stack ${stack} has to be confirmed; add --yes`);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`Remove stack ${stack} with all its data? Type the stack's name: `);
  terminal.close();
  return answer.trim() === stack;
}

/** Settings of another machine are tried here, under a name of their own: quickstart touches no machine but this. */
function isRehearsal({ stack }: Options): boolean {
  return isRehearsed(stackSettings(stack));
}

function nameHere(options: Options): string {
  return isRehearsal(options) ? rehearsalName(options.stack) : options.stack;
}

async function getReady(options: Options): Promise<SetUp> {
  const ready = await setUp({ stack: nameHere(options), images: !options.down });
  if (ready.images !== undefined && isRehearsal(options))
    await prepareRehearsal(ready.docker, options.stack, ready.images);
  return ready;
}

async function takeDown(stack: Stack, options: Options, { docker }: SetUp): Promise<void> {
  const { volumes } = options;
  if (volumes) await stack.erase();
  else await stack.down();
  if (volumes && isRehearsal(options)) await removeRegistry(docker);
  console.log(
    `\nStack ${stack.id.stack} is down${volumes ? ", its data is gone" : "; its data is kept"} (${elapsed()})`,
  );
}

async function bringUp(stack: Stack, { docker, endpoint }: SetUp): Promise<void> {
  if (endpoint.startsWith("unix://")) await needPorts(docker, stack.id);
  await stack.up();
  const services = await servicesOf(docker, stack.id);
  console.log(`\n${table(["service", "state", "image", "memory limit"], services.map(serviceRow)).join("\n")}`);
  console.log(`\nStack ${stack.id.stack} is up (${elapsed()}): ${await stack.output("url")}`);
}

await main(async () => {
  watchInterrupts();
  const options = command.parse().opts<Options>();
  if (options.volumes && !options.down) throw new Refusal(EXIT.usage, "--volumes goes with --down");
  if (options.volumes && !options.yes && !(await confirmed(nameHere(options)))) return EXIT.ok;
  const ready = await aloneOnMachine(() => getReady(options));
  const stack = new Stack({ project: projectName(), stack: nameHere(options) }, ready.env);
  await stack.prepare(ready.endpoint);
  return options.down ? takeDown(stack, options, ready) : bringUp(stack, ready);
});
