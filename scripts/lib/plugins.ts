import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { pluginVersions, root } from "./folders.ts";
import {
  type Candidate,
  type Found,
  firstFound,
  isExecutable,
  mayDownload,
  onPath,
  type Piece,
  rememberRefusal,
} from "./piece.ts";
import { run } from "./run.ts";

const standIns = join(root, "offline/bin");

/** The language host and the providers, for a CLI that is already there. */
export async function resolvePlugins(cli: Piece, note: (text: string) => void): Promise<Piece[]> {
  const plugins = [await firstFound("pulumi-language-nodejs", languageHost(cli), remedy)];
  for (const [kind, version] of Object.entries(pluginVersions())) {
    plugins.push(await firstFound(`pulumi-resource-${kind}`, provider(cli, kind, version, note), remedy));
  }
  return plugins;
}

const remedy = "put it on PATH, or install Pulumi from its release, which brings it along";

/** A release of the CLI has the language host beside it. */
function languageHost(cli: Piece): Candidate[] {
  const name = "pulumi-language-nodejs";
  const beside = join(dirname(cli.file), name);
  return [
    { source: "PATH", find: () => found(onPath(name), "as found") },
    { source: "official release", find: () => (isExecutable(beside) ? found(beside, cli.version) : undefined) },
    { source: "offline stand-in", find: () => standIn(name, cli.version) },
  ];
}

function provider(cli: Piece, kind: string, version: string, note: (text: string) => void): Candidate[] {
  const name = `pulumi-resource-${kind}`;
  return [
    { source: "PATH", find: () => found(onPath(name), "as found") },
    { source: "official plugin", find: () => installed(kind, version) },
    { source: "official plugin", find: () => install(cli, kind, version, note) },
    { source: "offline stand-in", find: () => standIn(name, version) },
  ];
}

function found(file: string | undefined, version: string): Found | undefined {
  return file === undefined ? undefined : { file, version };
}

function standIn(name: string, version: string): Found | undefined {
  const file = join(standIns, name);
  return isExecutable(file) ? { file, version } : undefined;
}

/** What `pulumi plugin ls` would say, without starting the CLI. */
export function installed(kind: string, version: string, env: NodeJS.ProcessEnv = process.env): Found | undefined {
  const home = env.PULUMI_HOME || join(homedir(), ".pulumi");
  const file = join(home, "plugins", `resource-${kind}-v${version}`, `pulumi-resource-${kind}`);
  return isExecutable(file) ? { file, version } : undefined;
}

async function install(
  cli: Piece,
  kind: string,
  version: string,
  note: (text: string) => void,
): Promise<Found | undefined> {
  if (!mayDownload("plugins")) return undefined;
  note(`installing the ${kind} plugin`);
  try {
    await run(cli.file, ["plugin", "install", "resource", kind, version]);
  } catch (error) {
    rememberRefusal("plugins", error);
  }
  return installed(kind, version);
}
