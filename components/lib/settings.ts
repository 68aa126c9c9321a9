import * as pulumi from "@pulumi/pulumi";
import { LOCAL_SOCKET } from "../engine/connect.ts";
import type { ImageSource } from "../service-image.ts";
import { crossFaults } from "./cross-faults.ts";
import { type Fault, refuse } from "./fault.ts";
import { collectFaults } from "./faults-of-schema.ts";
import { BASE_IMAGES, IMAGES, type ImageSet } from "./images.ts";
import type { StackId } from "./names.ts";
import { knownKeys, type Raw, schema } from "./schema.ts";

interface ReadyMade {
  readonly image: ImageSource;
  readonly user: string;
}

/** A group of settings with its image resolved; what stood for the image before is gone. */
type WithImage<T> = Omit<T, "image" | "user" | "build" | "buildArgs" | "secrets">;

type Secrets = Readonly<Record<string, pulumi.Output<string>>>;

export type PostgresSettings = WithImage<Raw["postgres"]> & ReadyMade;
export type RedisSettings = WithImage<Raw["redis"]> & ReadyMade;
export type EdgeSettings = WithImage<Raw["edge"]> & ReadyMade;
export type FrontendSettings = WithImage<Raw["frontend"]> & ReadyMade;
/** What all processes of the application's own image share. */
export type AppSettings = WithImage<Raw["app"]> & ReadyMade & { readonly secrets: Secrets };
export type MigrationsSettings = Raw["migrations"];
export type BackendSettings = Raw["backend"];
export type WorkerSettings = Omit<Raw["worker"], "app"> & { readonly app: string };
export type BeatSettings = Omit<Raw["beat"], "app"> & { readonly app: string };
export type BotSettings = WithImage<Raw["bot"]> & ReadyMade & { readonly secrets: Secrets };

/** Everything that a stack file says, typed and complete. A service that it does not ask for is undefined. */
export interface Settings {
  readonly id: StackId;
  readonly host: string;
  /** Whether a preview asks the Docker Engine what the provider does not see. */
  readonly audit: boolean;
  readonly postgres: PostgresSettings;
  readonly redis: RedisSettings;
  readonly app: AppSettings;
  readonly migrations: MigrationsSettings | undefined;
  readonly backend: BackendSettings;
  readonly frontend: FrontendSettings | undefined;
  readonly worker: WorkerSettings | undefined;
  readonly beat: BeatSettings | undefined;
  readonly bot: BotSettings | undefined;
  readonly edge: EdgeSettings;
}

/** What of the environment counts, where a setting says nothing. */
export interface Environment {
  readonly DOCKER_HOST?: string | undefined;
  readonly ONEHOST_IMAGES?: string | undefined;
}

/**
 * Reads the settings of the stack that is running.
 * @throws pulumi.RunError with all faults at once, numbered, before any resource is registered.
 */
export function readSettings(environment: Environment = process.env): Settings {
  const id = { project: pulumi.getProject(), stack: pulumi.getStack() };
  const { settings, faults } = parseSettings(id, projectConfig(id.project), environment);
  refuse(id.stack, faults);
  return settings as Settings;
}

/** The project's own keys, as Pulumi merged them from Pulumi.yaml and the stack file. */
function projectConfig(project: string): Record<string, unknown> {
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(`${project}:`));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(project.length + 1), parseJson(value)]));
}

/** Pulumi hands objects and lists over as JSON and everything else as plain text. */
function parseJson(value: string): unknown {
  return /^[[{]/.test(value) ? (JSON.parse(value) as unknown) : value;
}

/** Checks raw settings; without faults they are complete. */
export function parseSettings(id: StackId, raw: unknown, env: Environment): { settings?: Settings; faults: Fault[] } {
  const result = schema.safeParse(raw);
  if (!result.success) return { faults: collectFaults(result.error, raw, knownKeys) };
  const faults = crossFaults(result.data);
  return faults.length > 0 ? { faults } : { settings: complete(id, result.data, env), faults };
}

function complete(id: StackId, raw: Raw, environment: Environment): Settings {
  const set = (raw.images ?? environment.ONEHOST_IMAGES) === "offline" ? "offline" : "official";
  const app = { ...raw.app, ...ownImage(raw.app, set), secrets: pick(raw, raw.app.secrets) };
  return {
    id,
    host: raw.host ?? (environment.DOCKER_HOST || LOCAL_SOCKET),
    audit: raw.audit,
    postgres: { ...raw.postgres, ...readyImage(raw.postgres, IMAGES[set].postgres) },
    redis: { ...raw.redis, ...readyImage(raw.redis, IMAGES[set].redis) },
    app,
    migrations: raw.migrations.command.length > 0 ? raw.migrations : undefined,
    backend: raw.backend,
    frontend: hasImage(raw.frontend) ? { ...raw.frontend, ...ownImage(raw.frontend, set) } : undefined,
    worker: raw.worker.app === undefined ? undefined : { ...raw.worker, app: raw.worker.app },
    beat: raw.beat.app === undefined ? undefined : { ...raw.beat, app: raw.beat.app },
    bot: isBotAsked(raw) ? botSettings(raw, app, set) : undefined,
    edge: { ...raw.edge, ...readyImage(raw.edge, IMAGES[set].caddy) },
  };
}

interface OwnImage {
  readonly image?: string | undefined;
  readonly build?: string | undefined;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly user: string;
}

function hasImage({ image, build }: Pick<OwnImage, "image" | "build">): boolean {
  return image !== undefined || build !== undefined;
}

function ownImage({ image, build, buildArgs, user }: OwnImage, set: ImageSet): ReadyMade {
  const source =
    build === undefined ? { ref: image as string } : { build, args: { ...BASE_IMAGES[set], ...buildArgs } };
  return { image: source, user };
}

function readyImage(
  given: { image?: string | undefined; user?: string | undefined },
  ready: { ref: string; user: string },
): ReadyMade {
  return { image: { ref: given.image ?? ready.ref }, user: given.user ?? ready.user };
}

function isBotAsked({ bot }: Raw): boolean {
  return hasImage(bot) || bot.command.length > 0;
}

/** A bot without an image of its own runs from the application's. */
function botSettings({ bot, ...raw }: Raw, app: ReadyMade, set: ImageSet): BotSettings {
  const image = hasImage(bot) ? ownImage(bot, set) : { image: app.image, user: bot.user };
  return { ...bot, ...image, secrets: pick(raw, bot.secrets) };
}

/** The named ones of the stack's secrets, marked so that they stay secret wherever they go. */
function pick({ secrets }: Pick<Raw, "secrets">, names: readonly string[]): Secrets {
  return Object.fromEntries(names.map((name) => [name, pulumi.secret(secrets[name] as string)]));
}
