import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { root } from "./folders.ts";

/** A plain setting of the project in a stack's file, where the file has it. */
export function stackSetting(stack: string, key: string, folder = root): string | undefined {
  const file = join(folder, `Pulumi.${stack}.yaml`);
  if (!existsSync(file)) return undefined;
  const { config } = (parse(readFileSync(file, "utf8")) ?? {}) as { config?: Record<string, unknown> };
  const value = config?.[`${projectName(folder)}:${key}`];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The project's name, as Pulumi.yaml gives it. */
export function projectName(folder = root): string {
  return (parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8")) as { name: string }).name;
}
