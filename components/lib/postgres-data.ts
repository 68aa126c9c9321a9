import type Docker from "dockerode";
import type { Fault } from "./fault.ts";
import { POSTGRES_PGDATA } from "./postgres-plan.ts";
import type { PostgresSettings } from "./settings.ts";

/** Written by initdb: the major version, owned by the user that made the data. */
export const POSTGRES_VERSION_FILE = `${POSTGRES_PGDATA}/PG_VERSION`;

/** What made the data on a volume. */
export interface PostgresData {
  readonly major: string;
  readonly uid: number;
  readonly role: string;
  readonly database: string;
}

/**
 * What made the data of a server that is well, as its container tells it: Postgres starts on nothing but data of its own
 * version, owned by its own user. Undefined where that is not known so; the data itself has to be read then, which takes
 * the engine 75 to 140 ms, in which it answers nothing else about the container.
 */
export function dataOfServer({ State, Config }: Docker.ContainerInspectInfo): PostgresData | undefined {
  const [major, uid] = [variable(Config.Env, "PG_MAJOR"), Number(/^\d+/.exec(Config.User)?.[0])];
  if (State.Health?.Status !== "healthy" || !major || Number.isNaN(uid)) return undefined;
  return { major, uid, ...namesIn(Config.Env) };
}

/** The image's entrypoint makes role and database when the data is new, and never again. */
export function namesIn(environment: readonly string[]): Pick<PostgresData, "role" | "database"> {
  return { role: variable(environment, "POSTGRES_USER"), database: variable(environment, "POSTGRES_DB") };
}

const variable = (environment: readonly string[], name: string): string =>
  environment.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";

const START_OVER = "or dump the database, remove the volume with its protection, and restore the dump";
const REMEDY = `go back to the image before, ${START_OVER}`;

/**
 * Faults of settings that do not fit the data which is there. Another major version refuses to start; an image of
 * another family (alpine's musl, Debian's glibc) would start and sort text otherwise, so that its indexes are wrong
 * without a word. The family shows in the user, which each image makes for itself.
 */
export function dataFaults(settings: PostgresSettings, data: PostgresData): Fault[] {
  return [...imageFaults(settings, data), ...nameFaults(settings, data)];
}

function imageFaults({ image, user }: PostgresSettings, data: PostgresData): Fault[] {
  const ref = "ref" in image ? image.ref : "";
  const major = majorOf(ref);
  const faults: Fault[] = [];
  if (major !== undefined && major !== data.major)
    faults.push({
      key: "postgres.image",
      must: `must be of major version ${data.major}, which made the data`,
      got: ref,
      remedy: REMEDY,
    });
  if (Number(user.split(":")[0]) !== data.uid)
    faults.push({
      key: "postgres.user",
      must: `must have uid ${data.uid}, whose image made the data`,
      got: user,
      remedy: REMEDY,
    });
  return faults;
}

/** Another name would replace the server, which then never becomes ready: nobody makes a second database on old data. */
function nameFaults(settings: PostgresSettings, data: PostgresData): Fault[] {
  const other = (["database", "role"] as const).filter((name) => settings[name] !== data[name]);
  return other.map((name) => ({
    key: `postgres.${name}`,
    must: `must be "${data[name]}", which the data was made with`,
    got: settings[name],
    remedy: `go back to it, ${START_OVER}`,
  }));
}

/** `postgres:15-alpine`, `timescaledb:2.14-pg15`. A port of the registry and a digest are no versions. */
function majorOf(ref: string): string | undefined {
  const tag = /:([^:/]+)$/.exec(ref.replace(/@.*/, ""))?.[1] ?? "";
  return (/pg(\d+)/.exec(tag) ?? /^(\d+)/.exec(tag))?.[1];
}
