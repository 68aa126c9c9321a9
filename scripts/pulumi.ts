import { spawn } from "node:child_process";
import { engineEnv, findEngine, noEngine } from "./lib/engine.ts";
import { imagesEnv } from "./lib/image-set.ts";
import { main } from "./lib/outcome.ts";
import { resolveToolchain } from "./lib/toolchain.ts";
import { selectedStack, touchesHost } from "./lib/command-line.ts";

const help = `Usage: npm run pulumi -- <anything>

Runs the Pulumi CLI with the plugins, the backend and the passphrase that quickstart uses; all arguments are passed on.
Exit codes: the CLI's own; 3 the Docker host does not answer.
`;

/**
 * What the program has to know of the host, which is asked first: a preview of one that is down would print an error per
 * resource, and without the decision which images it has, a preview would plan others.
 */
async function hostEnv(args: readonly string[]): Promise<Record<string, string>> {
  if (!touchesHost(args)) return {};
  const stack = selectedStack(args);
  const engine = await findEngine(stack);
  if (engine === undefined && stack !== undefined) throw await noEngine();
  return engine === undefined ? {} : { ...engineEnv(engine), ...imagesEnv(engine.endpoint) };
}

await main(async () => {
  const args = process.argv.slice(2);
  if (args.length === 0) process.stdout.write(help);
  const [{ env }, host] = await Promise.all([
    resolveToolchain((text) => console.error(`pulumi: ${text}`)),
    hostEnv(args),
  ]);
  return passThrough(args, { ...env, ...host });
});

/** The CLI in this process's place, as far as Node can: same terminal, same signals, same exit code. */
function passThrough(args: readonly string[], env: Record<string, string>): Promise<number> {
  // The terminal sends Ctrl-C to both; only the CLI is to act on it.
  process.on("SIGINT", () => undefined);
  const child = spawn("pulumi", args, { stdio: "inherit", env: { ...process.env, ...env } });
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 137)));
  });
}
