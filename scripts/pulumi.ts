import { type Engine, findEngine, noEngine } from "./lib/engine.ts";
import { hostEnv } from "./lib/host-env.ts";
import { changesStack, selectedStack, touchesHost } from "./lib/command-line.ts";
import { watchInterrupts } from "./lib/interrupt.ts";
import { main } from "./lib/outcome.ts";
import { runCli } from "./lib/run-cli.ts";
import { Stack } from "./lib/stack.ts";
import { projectName } from "./lib/stack-file.ts";
import { resolveToolchain } from "./lib/toolchain.ts";

const help = `Usage: npm run pulumi -- <anything>

Runs the Pulumi CLI with the plugins, the backend and the passphrase that quickstart uses; all arguments are passed on.
A command that changes a stack first mends what an interrupted one left behind.
Exit codes: the CLI's own; 3 the Docker host does not answer, 4 another process is changing the stack, 130 interrupted.
`;

/** The host is asked first: a preview of one that is down would print an error per resource. */
async function hostOf(args: readonly string[]): Promise<Engine | undefined> {
  if (!touchesHost(args)) return undefined;
  const stack = selectedStack(args);
  const engine = await findEngine(stack);
  if (engine === undefined && stack !== undefined) throw await noEngine();
  return engine;
}

/** A command that changes a stack first mends what an earlier one left, where that one was cut off. */
function change(args: readonly string[], stack: Stack, engine: Engine): Promise<number> {
  return stack.mend(engine.endpoint).then(() => stack.change(args));
}

await main(async () => {
  const args = process.argv.slice(2);
  if (args.length === 0) process.stdout.write(help);
  watchInterrupts();
  const [toolchain, engine] = await Promise.all([
    resolveToolchain((text) => console.error(`pulumi: ${text}`)),
    hostOf(args),
  ]);
  const env = { ...toolchain.env, ...(engine && hostEnv(engine)) };
  const name = selectedStack(args);
  if (engine === undefined || name === undefined) return runCli(args, env);
  const stack = new Stack({ project: projectName(), stack: name }, env);
  if (changesStack(args)) return change(args, stack, engine);
  stack.warnOfCutOff();
  return runCli(args, env);
});
