import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { root } from "./folders.ts";

type Values = Record<string, unknown>;

interface Project {
  readonly name: string;
  readonly config: Readonly<Record<string, { readonly default?: unknown }>>;
}

/** What stands for a secret's value: its name counts, never its content. */
const HIDDEN = "hidden";

/**
 * A stack's settings without the project's name before their keys: its file's, and Pulumi.yaml's defaults where the file
 * says nothing. Secrets have their names only.
 */
export function stackConfig(stack: string, folder = root): Values {
  return configOfText(readFileSync(join(folder, `Pulumi.${stack}.yaml`), "utf8"), folder);
}

/** The same, of a stack file's text. */
export function configOfText(text: string, folder = root): Values {
  const { name, config } = parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8")) as Project;
  const own = ((parse(text) as Values | null)?.["config"] ?? {}) as Values;
  const merged: Values = {};
  for (const [key, value] of Object.entries(own))
    if (key.startsWith(`${name}:`)) merge(merged, key.slice(name.length + 1).split("."), withoutSecrets(value));
  const declared = Object.entries(config).filter(([key]) => !key.includes(":"));
  for (const [key, { default: value }] of declared) merge(merged, key.split("."), value);
  return merged;
}

/** Sets a value at a path where there is none; what is found there stands as it is. */
function merge(values: Values, [key = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length > 0) merge((values[key] ??= {}) as Values, rest, value);
  else values[key] ??= structuredClone(value);
}

/** The CLI writes a secret as `{secure: "…"}`, alone or inside of a group. */
function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  if ("secure" in value) return HIDDEN;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner)]));
}
