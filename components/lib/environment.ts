import type { Fault } from "./fault.ts";

type Values = Readonly<Record<string, unknown>>;

/** What of the environment counts, where a setting says nothing. */
export interface Environment {
  readonly DOCKER_HOST?: string | undefined;
  readonly ONEHOST_IMAGES?: string | undefined;
}

/** Settings that the environment may give, by their keys. */
const VARIABLES: Readonly<Record<string, keyof Environment>> = { host: "DOCKER_HOST", images: "ONEHOST_IMAGES" };

/** Settings with the environment's word where the stack has none: it has to hold what a setting has to. */
export function withEnvironment(raw: Values, environment: Environment): Values {
  const silent = Object.entries(VARIABLES).filter(([key]) => isSilent(raw, key));
  return { ...raw, ...Object.fromEntries(silent.map(([key, variable]) => [key, environment[variable] ?? ""])) };
}

/** Says of a fault in what the environment gave that it came from there: the stack file shows nothing of it. */
export function nameSource(raw: Values): (fault: Fault) => Fault {
  return (fault) => {
    const variable = VARIABLES[fault.key];
    if (variable === undefined || !isSilent(raw, fault.key)) return fault;
    return { ...fault, remedy: `it came from ${variable} in the environment: ${fault.remedy}` };
  };
}

function isSilent(raw: Values, key: string): boolean {
  return raw[key] === undefined || raw[key] === "";
}
