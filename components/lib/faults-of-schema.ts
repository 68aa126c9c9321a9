import { closest, distance } from "fastest-levenshtein";
import type { z } from "zod";
import type { Fault } from "./fault.ts";
import { hintFor } from "./hints.ts";

type Issue = z.core.$ZodIssue;

/** The setting whose values no message may show, however wrong they are. */
const SECRETS = "secrets";

/** The keys that a group of settings may have; the group is named by its path. */
export type KnownKeys = (path: readonly PropertyKey[]) => readonly string[];

/** Turns what zod found into faults in the project's one form, in the order of the schema. */
export function collectFaults(error: z.ZodError, raw: unknown, knownKeys: KnownKeys): Fault[] {
  return error.issues.flatMap((issue) => faultsOf(issue, raw, knownKeys));
}

function faultsOf(issue: Issue, raw: unknown, knownKeys: KnownKeys): Fault[] {
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(issue.path);
    return issue.keys.map((unknown) => unknownKey([...issue.path, unknown].join("."), unknown, known));
  }
  const key = issue.path.join(".");
  const got = issue.path[0] === SECRETS ? undefined : valueAt(raw, issue.path);
  if (issue.code === "custom") return [{ key, must: issue.message, got, remedy: String(issue.params?.["remedy"]) }];
  return [{ key, must: "must be a group of settings", got, remedy: "write its keys indented below it" }];
}

function unknownKey(key: string, unknown: string, known: readonly string[]): Fault {
  const nearest = closest(unknown, [...known]);
  const isTypo = distance(unknown, nearest) <= 3;
  const hint = hintFor(key);
  if (hint !== undefined) return { key, must: "is no setting", remedy: hint };
  const remedy = isTypo ? `did you mean "${nearest}"?` : `known here: ${known.join(", ")}`;
  return { key, must: "is no setting", remedy };
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], raw);
}
