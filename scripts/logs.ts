import { chosenBy } from "./lib/choose-containers.ts";
import { LogPrinter } from "./lib/log-printer.ts";
import { type LogChoice, logChoice } from "./lib/log-options.ts";
import { followLogs, readLogs } from "./lib/log-streams.ts";
import { EXIT, main } from "./lib/outcome.ts";
import { endQuietly } from "./lib/quiet-end.ts";
import { findRunning, type RunningStack, stackCommand } from "./lib/running-stack.ts";
import type { StackContainer } from "./lib/stack-containers.ts";

interface Options {
  readonly stack: string;
  readonly follow?: boolean;
  readonly tail?: string;
  readonly since?: string;
  readonly timestamps?: boolean;
}

const command = stackCommand("logs", "Shows the logs of a stack's services, in one order.", "0 shown, 1 it failed")
  .argument("[service...]", "services, or single containers of them, for example backend-1; all where none is named")
  .option("-f, --follow", "go on with what is written from now on, also by containers that start later")
  .option("-n, --tail <lines>", "lines from the end of each container's log, or all (default: 100; with --since: all)")
  .option("--since <when>", "nothing older: a duration (10m) or a time (2026-11-21T15:04:05Z)")
  .option("-t, --timestamps", "with the time of each line");

/** How long a line waits for an earlier one of another container, in milliseconds. */
const PATIENCE = 200;

/** More than a stack has containers: each log that is followed keeps a connection open. */
const CONNECTIONS = 64;

await main(async () => {
  const options = command.parse().opts<Options>();
  const choice = logChoice(options);
  endQuietly(EXIT.ok);
  const stack = await findRunning(options.stack, CONNECTIONS);
  const containers = chosenBy(command.args, stack.containers, options.stack);
  const printer = new LogPrinter(containers, options.timestamps ?? false);
  if (options.follow) await follow(stack, containers, choice, printer);
  await readLogs(stack, containers, choice, (line) => printer.add(line));
  printer.print();
});

/** Those that were chosen, and whatever starts later in their services. */
function follow(
  stack: RunningStack,
  containers: readonly StackContainer[],
  choice: LogChoice,
  printer: LogPrinter,
): Promise<never> {
  const ids = new Set(containers.map(({ id }) => id));
  const others = new Set(stack.containers.map(({ id }) => id).filter((id) => !ids.has(id)));
  const services = new Set(containers.map(({ service }) => service));
  const isWanted = ({ id, service }: StackContainer): boolean => services.has(service) && !others.has(id);
  setInterval(() => printer.print(Date.now() - PATIENCE), PATIENCE / 2);
  return followLogs(stack, isWanted, choice, (line) => printer.add(line));
}
