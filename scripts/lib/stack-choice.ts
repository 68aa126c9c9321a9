import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./folders.ts";
import { EXIT, Refusal } from "./outcome.ts";

/** Where nobody says which stack: the only one that has a file, else the one that quickstart makes. */
export function defaultStack(folder = root): string {
  const [only, ...more] = stacksIn(folder);
  return only !== undefined && more.length === 0 ? only : "dev";
}

/** @throws Refusal for a stack without a file, naming those that have one. */
export function refuseUnknownStack(stack: string, folder = root): void {
  if (existsSync(join(folder, `Pulumi.${stack}.yaml`))) return;
  const known = stacksIn(folder).join(", ") || "none yet";
  throw new Refusal(EXIT.usage, `stack ${stack}: there is no Pulumi.${stack}.yaml; stacks with a file: ${known}`);
}

function stacksIn(folder: string): string[] {
  const names = readdirSync(folder).map((file) => /^Pulumi\.([\w-]+)\.yaml$/.exec(file)?.[1]);
  return names.filter((name) => name !== undefined).sort();
}
