import { throughEntrypoint } from "../components/lib/app-process.ts";
import { chosenOne } from "./lib/choose-containers.ts";
import { main } from "./lib/outcome.ts";
import { requireRunning } from "./lib/require-running.ts";
import { runInside } from "./lib/run-inside.ts";
import { findRunning, stackCommand } from "./lib/running-stack.ts";

/** The better shell of those that the image has. */
const SHELL = ["sh", "-c", "exec $(command -v bash || echo sh)"];

const command = stackCommand("exec", "Runs a command in a service's container.", "the command's own, 1 it failed")
  .argument("<service>", "a service, of which the container that serves is taken, or one container: backend-1")
  .argument("[command...]", "the command with its arguments (default: a shell)")
  .helpOption("--help", "display help for command")
  .passThroughOptions();

await main(async () => {
  const { stack: name } = command.parse().opts<{ stack: string }>();
  const [service = "", ...words] = command.args.filter((word, index) => index !== 1 || word !== "--");
  const stack = await findRunning(name);
  const container = stack.docker.getContainer(chosenOne(service, stack.containers, name).id);
  const { Config } = await requireRunning(container, service);
  const entrypoint = [Config.Entrypoint ?? []].flat();
  return runInside(container, throughEntrypoint(entrypoint, words.length === 0 ? SHELL : words));
});
