import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Fault } from "../../components/lib/fault.ts";
import { parseSettings, type Settings } from "../../components/lib/settings.ts";
import { root } from "./folders.ts";
import { type NewStack, type OwnImage, renderStackFile } from "./new-stack.ts";
import { configOfText } from "./stack-config.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Judges a new stack by what its program will judge it by, before there is a file; then by what only this machine knows. */
export function checkNewStack(
  from: NewStack,
  env: Environment = process.env,
  folder = root,
): { settings?: Settings; faults: Fault[] } {
  // The environment's host and images are not the file's: where the program finds them wrong, it says so itself.
  const { faults, ...parsed } = parseSettings(from, configOfText(renderStackFile(from)), {});
  const here = [...folderFault("app", from.app, folder), ...folderFault("frontend", from.frontend, folder)];
  return { ...parsed, faults: [...faults, ...here, ...secretFaults(from, env)] };
}

function folderFault(group: string, image: OwnImage | undefined, folder: string): Fault[] {
  if (image === undefined || !("build" in image) || existsSync(join(folder, image.build, "Dockerfile"))) return [];
  const remedy = "write the folder as seen from this checkout";
  return [{ key: `${group}.build`, must: "must be a folder with a Dockerfile", got: image.build, remedy }];
}

/** What is taken from the environment has to be there. */
function secretFaults({ secrets }: NewStack, env: Environment): Fault[] {
  const missing = secrets.fromEnvironment.filter((name) => !env[name]);
  return missing.map((name) => ({
    key: `secrets.${name}`,
    must: `must be in the environment as ${name}`,
    remedy: `run: read -rs ${name} && export ${name}`,
  }));
}
