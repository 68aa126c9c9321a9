import { spawn } from "node:child_process";
import { chosenEngine, silence, unreachable } from "./lib/engine.ts";
import { main } from "./lib/outcome.ts";
import { resolveToolchain } from "./lib/toolchain.ts";
import { selectedStack, touchesHost } from "./lib/command-line.ts";

const help = `Usage: npm run pulumi -- <anything>

Runs the Pulumi CLI with the plugins, the backend and the passphrase that quickstart uses; all arguments are passed on.
Exit codes: the CLI's own; 3 the Docker host does not answer.
`;

/** Asks the host first: a preview of a host that is down would print an error per resource. */
async function requireHost(args: readonly string[]): Promise<void> {
  const stack = selectedStack(args);
  if (!touchesHost(args) || stack === undefined) return;
  const endpoint = chosenEngine(stack)?.endpoint ?? "unix:///var/run/docker.sock";
  const cause = await silence(endpoint);
  if (cause !== undefined) throw unreachable(endpoint, cause);
}

await main(async () => {
  const args = process.argv.slice(2);
  if (args.length === 0) process.stdout.write(help);
  const [{ env }] = await Promise.all([
    resolveToolchain((text) => console.error(`pulumi: ${text}`)),
    requireHost(args),
  ]);
  return passThrough(args, env);
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
