import * as pulumi from "@pulumi/pulumi";
import { LOCAL_SOCKET } from "../engine/connect.ts";
import type { ImageSource } from "../service-image.ts";
import { crossFaults } from "./cross-faults.ts";
import { type Environment, nameSource, withEnvironment } from "./environment.ts";
import { type Fault, refuse } from "./fault.ts";
import { collectFaults } from "./faults-of-schema.ts";
import { BASE_IMAGES, IMAGES, type ImageSet, type ReadyImage } from "./images.ts";
import type { StackId } from "./names.ts";
import type { PublishedPort } from "./plan.ts";
import { httpPort } from "./ports.ts";
import { inOrder, knownKeys, type Raw, salvage, schema } from "./schema.ts";

interface ReadyMade {
  readonly image: ImageSource;
  readonly user: string;
}

/** A group of settings with its image resolved; what stood for the image before is gone. */
type WithImage<T> = Omit<T, "image" | "user" | "build" | "buildArgs" | "secrets">;

type Secrets = Readonly<Record<string, pulumi.Output<string>>>;

export type PostgresSettings = WithImage<Raw["postgres"]> & ReadyMade;
export type RedisSettings = WithImage<Raw["redis"]> & ReadyMade;
export type EdgeSettings = Omit<WithImage<Raw["edge"]>, "publish" | "domain" | "tls" | "publishTls"> &
  ReadyMade & {
    /** Where plain HTTP is answered; with `https`, only by sending it there. */
    readonly publish: PublishedPort;
    readonly https: HttpsSettings | undefined;
  };

/** A domain that the application is served on by https. */
export interface HttpsSettings {
  readonly domain: string;
  /** `acme`: a certificate from a public authority. `internal`: from an authority of Caddy's own. */
  readonly tls: string;
  readonly publish: PublishedPort;
}
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

/** Pulumi hands objects and lists over as JSON and everything else as plain text, which may begin like JSON. */
function parseJson(value: string): unknown {
  try {
    return /^[[{]/.test(value) ? (JSON.parse(value) as unknown) : value;
  } catch {
    return value;
  }
}

/** Checks raw settings, all rules at once; without faults they are complete. */
export function parseSettings(
  id: StackId,
  raw: Readonly<Record<string, unknown>>,
  env: Environment,
): { settings?: Settings; faults: Fault[] } {
  const effective = withPinned(withEnvironment(raw, env), id);
  const result = schema.safeParse(effective);
  if (!result.success) {
    const own = collectFaults(result.error, effective, knownKeys);
    const others = crossFaults(
      salvage(effective),
      own.map(({ key }) => key),
    );
    return { faults: inOrder([...own, ...others]).map(nameSource(raw)) };
  }
  const faults = inOrder(crossFaults(result.data));
  return faults.length > 0 ? { faults } : { settings: complete(id, result.data), faults };
}

/** A stack that is called production releases what has been tried elsewhere, unless it says otherwise. */
function withPinned(raw: Readonly<Record<string, unknown>>, { stack }: StackId): Record<string, unknown> {
  const isGiven = raw["pinned"] !== undefined && raw["pinned"] !== "";
  return { ...raw, pinned: isGiven ? raw["pinned"] : /^prod(uction)?$/.test(stack) };
}

function complete(id: StackId, raw: Raw): Settings {
  const set = raw.images === "offline" ? "offline" : "official";
  const target: Target = { set, platform: raw.platform };
  const app = { ...withImage(raw.app, target), secrets: pick(raw, raw.app.secrets) };
  return {
    id,
    host: raw.host ?? LOCAL_SOCKET,
    audit: raw.audit,
    postgres: { ...raw.postgres, ...readyImage(raw.postgres, IMAGES[set].postgres) },
    redis: { ...raw.redis, ...readyImage(raw.redis, IMAGES[set].redis) },
    app,
    migrations: raw.migrations.command.length > 0 ? raw.migrations : undefined,
    backend: raw.backend,
    frontend: hasImage(raw.frontend) ? withImage(raw.frontend, target) : undefined,
    worker: raw.worker.app === undefined ? undefined : { ...raw.worker, app: raw.worker.app },
    beat: raw.beat.app === undefined ? undefined : { ...raw.beat, app: raw.beat.app },
    bot: isBotAsked(raw) ? botSettings(raw, app, target) : undefined,
    edge: edgeSettings(raw.edge, IMAGES[set].caddy),
  };
}

/** What images of the team's own are built on and for. */
interface Target {
  readonly set: ImageSet;
  readonly platform: string;
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

/** An image of the team's own in place of the settings that say where it comes from. */
function withImage<T extends OwnImage>({ image, build, buildArgs, ...rest }: T, { set, platform }: Target) {
  const args = { ...BASE_IMAGES[set], ...buildArgs };
  const source: ImageSource = build === undefined ? { ref: image as string } : { build, args, platform };
  return { ...rest, image: source };
}

function readyImage(given: { image?: string | undefined; user?: string | undefined }, ready: ReadyImage): ReadyMade {
  return { image: { ref: given.image ?? ready.ref }, user: given.user ?? ready.user };
}

function edgeSettings({ publish, domain, tls, publishTls, ...edge }: Raw["edge"], ready: ReadyImage): EdgeSettings {
  const https = domain === undefined ? undefined : { domain, tls, publish: publishTls };
  return { ...edge, ...readyImage(edge, ready), publish: httpPort({ publish, domain }), https };
}

function isBotAsked({ bot }: Raw): boolean {
  return hasImage(bot) || bot.command.length > 0;
}

/** A bot without an image of its own runs from the application's. */
function botSettings({ bot, ...raw }: Raw, app: ReadyMade, target: Target): BotSettings {
  const settings = withImage(bot, target);
  const image = hasImage(bot) ? settings.image : app.image;
  return { ...settings, image, secrets: pick(raw, bot.secrets) };
}

/** The named ones of the stack's secrets, marked so that they stay secret wherever they go. */
function pick({ secrets }: Pick<Raw, "secrets">, names: readonly string[]): Secrets {
  return Object.fromEntries(names.map((name) => [name, pulumi.secret(secrets[name] as string)]));
}
