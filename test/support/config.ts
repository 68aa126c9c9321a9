// What the CLI hands to the program: Pulumi.yaml's declared defaults where the stack file says nothing.
import { readFileSync } from "node:fs";
import { parse } from "yaml";

type Values = Record<string, unknown>;

/** A key as Pulumi.yaml declares it. */
export interface Declaration {
  readonly description?: string;
  readonly default?: unknown;
}

const PROJECT = "onehost";

function readYaml(path: string): Values {
  return parse(readFileSync(`${import.meta.dirname}/../../${path}`, "utf8")) as Values;
}

/** The project's own keys, as they are declared. */
export function declarations(): Record<string, Declaration> {
  const all = readYaml("Pulumi.yaml")["config"] as Record<string, Declaration>;
  return Object.fromEntries(Object.entries(all).filter(([key]) => !key.includes(":")));
}

/** The configuration of a stack file that lies in the project, without the project's name before its keys. */
export function stackFile(path: string): Values {
  const config = readYaml(path)["config"] as Values;
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace(`${PROJECT}:`, ""), value]));
}

/**
 * Merges as CLI 3.259 does (`pulumi config --json`, tried): a declared key is a path, and its default counts where the
 * stack file has nothing at that path. A value that is found there stands as it is: nothing is merged into it.
 */
export function withDefaults(stack: Values): Values {
  const merged = structuredClone(stack);
  for (const [key, { default: value }] of Object.entries(declarations())) set(merged, key.split("."), value);
  return merged;
}

function set(values: Values, [key = "", ...rest]: string[], value: unknown): void {
  if (rest.length > 0) set((values[key] ??= {}) as Values, rest, value);
  else values[key] ??= structuredClone(value);
}

/** The smallest stack there is, with the defaults of everything else. */
export const LEAST = withDefaults(stackFile("test/support/Pulumi.least.yaml"));

/** A stack that says something about everything. */
export const FULL = withDefaults(stackFile("test/support/Pulumi.full.yaml"));

/** A copy with the value at a dotted path replaced, or removed where it is undefined. */
export function changed(values: Values, path: string, value: unknown): Values {
  const copy = structuredClone(values);
  const keys = path.split(".");
  const last = keys.pop() as string;
  const group = keys.reduce((inner, key) => (inner[key] ??= {}) as Values, copy);
  if (value === undefined) delete group[last];
  else group[last] = value;
  return copy;
}

/** As it reaches the program: objects and lists as JSON, everything else as plain text. */
export function serialized(values: Values): Record<string, string> {
  const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`${PROJECT}:${key}`, text(value)]));
}
