import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { root } from "./folders.ts";
import { projectName } from "./stack-file.ts";

const previews = ["preview", "pre"];
const changes = ["up", "update", "refresh", "destroy", "down", "dn", "watch"];

/** Whether a Pulumi command line will talk to the stack's Docker host. */
export function touchesHost(args: readonly string[]): boolean {
  return isOneOf(args, [...previews, ...changes]);
}

/** Whether it may change the stack. */
export function changesStack(args: readonly string[]): boolean {
  return isOneOf(args, changes) && !args.includes("--preview-only");
}

function isOneOf(args: readonly string[], commands: readonly string[]): boolean {
  return args.some((arg) => commands.includes(arg)) && !args.some((arg) => arg === "--help" || arg === "-h");
}

/** The stack a command line is about: the one it names, else the one selected in this checkout. */
export function selectedStack(args: readonly string[], env: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = args.flatMap((arg, i) =>
    arg === "--stack" || arg === "-s" ? [args[i + 1]] : arg.match(/^--stack=(.+)/)?.[1],
  );
  return (named.find((stack) => stack !== undefined) ?? selection(env))?.split("/").at(-1);
}

/** Where `pulumi stack select` writes the choice down. */
function selection(env: NodeJS.ProcessEnv): string | undefined {
  const home = env.PULUMI_HOME || join(homedir(), ".pulumi");
  const hash = createHash("sha1").update(join(root, "Pulumi.yaml")).digest("hex");
  const file = join(home, "workspaces", `${projectName()}-${hash}-workspace.json`);
  if (!existsSync(file)) return undefined;
  return (JSON.parse(readFileSync(file, "utf8")) as { stack?: string }).stack;
}
