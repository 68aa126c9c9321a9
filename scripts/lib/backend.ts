import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { StackId } from "../../components/lib/names.ts";

/** The backend that somebody has chosen, by the environment or by `pulumi login`. */
export function chosenBackend(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return env.PULUMI_BACKEND_URL || loggedIn(env);
}

function loggedIn(env: NodeJS.ProcessEnv): string | undefined {
  try {
    const file = join(env.PULUMI_HOME || join(homedir(), ".pulumi"), "credentials.json");
    return (JSON.parse(readFileSync(file, "utf8")) as { current?: string }).current || undefined;
  } catch {
    return undefined;
  }
}

/** The folder of a file backend; `~` in its address is the user's home. Undefined for every other kind. */
export function backendFolder(url: string | undefined): string | undefined {
  if (!url?.startsWith("file://")) return undefined;
  const [path = ""] = url.slice("file://".length).split("?");
  return path.startsWith("~") ? join(homedir(), path.slice(1)) : resolve(path);
}

/**
 * Makes a file backend readable again after the CLI was killed while it wrote. The state itself is written aside and
 * renamed; the file of attributes beside it is not, and an empty one makes the whole stack unreadable ("failed to load
 * checkpoint: EOF", seen). The CLI does without it.
 */
export function repairBackend({ project, stack }: StackId, backendUrl: string | undefined): void {
  const backend = backendFolder(backendUrl);
  if (backend === undefined) return;
  const own = join(backend, ".pulumi/stacks", project);
  const whole = [`history/${project}/${stack}`, `locks/organization/${project}/${stack}`];
  for (const file of filesOf(own).filter((name) => name.startsWith(`${stack}.json`))) repairFile(join(own, file));
  for (const folder of whole.map((name) => join(backend, ".pulumi", name)))
    for (const file of filesOf(folder)) repairFile(join(folder, file));
}

function filesOf(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function repairFile(file: string): void {
  if (/\.[0-9a-f]+\.tmp$/.test(file) || (file.endsWith(".attrs") && !isJson(readFileSync(file, "utf8")))) rmSync(file);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
