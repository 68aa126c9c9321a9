import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** The checkout. */
export const root = resolve(import.meta.dirname, "../..");

/** What can be fetched or built again: it outlives the checkout, keyed by version. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "onehost");
}

/** What cannot: the stacks' state, their passphrase, the engine's pid and log. */
export function stateFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_STATE_HOME || join(homedir(), ".local/state"), "onehost");
}

/** Version of the Pulumi CLI, as its Go module pins it. */
export function cliVersion(): string {
  const found = /pulumi\/pkg\/v3 v(\S+)/.exec(readFileSync(join(root, "offline/cli/go.mod"), "utf8"));
  if (found?.[1] === undefined) throw new Error("offline/cli/go.mod does not name a version of the Pulumi CLI");
  return found[1];
}

/** Plugin → version, as package.json pins the SDKs; the two are released together. */
export function pluginVersions(): Record<string, string> {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const names = ["docker", "random", "command"];
  return Object.fromEntries(names.map((name) => [name, manifest.dependencies[`@pulumi/${name}`] ?? ""]));
}
