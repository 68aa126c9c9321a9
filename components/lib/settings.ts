import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { LOCAL_SOCKET } from "../engine/connect.ts";
import type { ImageSource } from "../service-image.ts";
import { collectFaults } from "./faults-of-schema.ts";
import { type Fault, refuse } from "./fault.ts";
import { BASE_IMAGES, IMAGES, type ImageSet } from "./images.ts";
import type { StackId } from "./names.ts";
import { mib } from "./size.ts";
import * as v from "./values.ts";

/** The port inside the edge's container that plain HTTP is served on. */
export const EDGE_PORT = 8080;

const imageRef = v.matching(/^[\w][\w./:@-]*$/, "must be an image reference", "registry.example.org/app:1.4.2");
const name = v.matching(/^[a-z_][a-z0-9_]*$/, "must be a name in lower case", "app");

const imageSet = v.matching(/^(official|offline)$/, 'must be "official" or "offline"', "official");

/** The keys of Pulumi.yaml, which has their defaults and descriptions. */
const schema = z.strictObject({
  host: v.optional(v.matching(/^(unix|ssh|tcp):\/\/.+/, "must be a Docker host", "ssh://deploy@example.org")),
  images: v.optional(imageSet),
  secrets: v.variables,
  postgres: z.strictObject({
    image: v.optional(imageRef),
    user: v.optional(v.user),
    database: name,
    role: name,
    memory: v.sizeFrom(mib(128)),
    cpus: v.cpus,
    stopGrace: v.duration,
  }),
  redis: z.strictObject({
    image: v.optional(imageRef),
    user: v.optional(v.user),
    memory: v.sizeFrom(mib(32)),
    cpus: v.cpus,
    stopGrace: v.duration,
  }),
  backend: z.strictObject({
    image: v.optional(imageRef),
    build: v.optional(v.matching(/^[\w./-]+$/, "must be a folder with a Dockerfile", "./backend")),
    buildArgs: v.variables,
    command: v.words,
    user: v.user,
    port: v.integer(1, 65535),
    live: v.urlPath,
    ready: v.urlPath,
    startTimeout: v.duration,
    stopGrace: v.duration,
    replicas: v.integer(1, 4),
    memory: v.sizeFrom(mib(64)),
    cpus: v.cpus,
    pidsLimit: v.integer(60, 4096),
    env: v.variables,
    secrets: v.words,
    secretsAs: v.matching(/^(files|environment)$/, 'must be "files" or "environment"', "files"),
  }),
  edge: z.strictObject({
    image: v.optional(imageRef),
    user: v.optional(v.user),
    publish: v.published(EDGE_PORT),
    apiPrefix: v.urlPath,
    memory: v.sizeFrom(mib(32)),
    cpus: v.cpus,
  }),
});

type Raw = z.infer<typeof schema>;
interface ReadyMade {
  readonly image: ImageSource;
  readonly user: string;
}

export type PostgresSettings = Omit<Raw["postgres"], "image" | "user"> & ReadyMade;
export type RedisSettings = Omit<Raw["redis"], "image" | "user"> & ReadyMade;
export type EdgeSettings = Omit<Raw["edge"], "image" | "user"> & ReadyMade;
export type BackendSettings = Omit<Raw["backend"], "image" | "build" | "buildArgs" | "secrets"> & {
  readonly image: ImageSource;
  /** The application's own secrets, by name. */
  readonly secrets: Readonly<Record<string, pulumi.Output<string>>>;
};

/** Everything that a stack file says, typed and complete. */
export interface Settings {
  readonly id: StackId;
  readonly host: string;
  readonly postgres: PostgresSettings;
  readonly redis: RedisSettings;
  readonly backend: BackendSettings;
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

/** Checks raw settings; pure. Without faults the settings are complete. */
export function parseSettings(
  id: StackId,
  raw: unknown,
  environment: Environment,
): { settings?: Settings; faults: Fault[] } {
  const result = schema.safeParse(raw);
  if (!result.success) return { faults: collectFaults(result.error, raw, knownKeys) };
  const faults = crossFaults(result.data);
  return faults.length > 0 ? { faults } : { settings: complete(id, result.data, environment), faults };
}

function knownKeys([group]: readonly PropertyKey[]): string[] {
  if (group === undefined) return Object.keys(schema.shape);
  const fields = schema.shape[group as keyof typeof schema.shape];
  return fields instanceof z.ZodObject ? Object.keys(fields.shape) : [];
}

/** Rules that take more than one value to judge. */
function crossFaults(raw: Raw): Fault[] {
  return [...sourceFaults(raw), ...secretFaults(raw), ...entrypointFaults(raw)];
}

function sourceFaults({ backend }: Raw): Fault[] {
  const sources = [backend.image, backend.build].filter((source) => source !== undefined).length;
  if (sources === 1) return [];
  const must = sources === 0 ? "must be given" : "must not be given together with backend.build";
  const remedy = "set either backend.image (pulled) or backend.build (a folder built on the host)";
  return [{ key: "backend.image", must, got: backend.image, remedy }];
}

function secretFaults({ backend, secrets }: Raw): Fault[] {
  const missing = backend.secrets.filter((secret) => !Object.hasOwn(secrets, secret));
  return missing.map((secret) => ({
    key: "backend.secrets",
    must: "must name secrets of this stack",
    got: secret,
    remedy: `run: pulumi config set --secret --path 'secrets.${secret}' <value>`,
  }));
}

function entrypointFaults({ backend }: Raw): Fault[] {
  if (backend.secretsAs === "files" || backend.command.length > 0) return [];
  const must = 'must be given when backend.secretsAs is "environment"';
  const remedy = "the entrypoint that exports secrets replaces the image's own command: write that command";
  return [{ key: "backend.command", must, remedy }];
}

function complete(id: StackId, raw: Raw, environment: Environment): Settings {
  const set = (raw.images ?? environment.ONEHOST_IMAGES) === "offline" ? "offline" : "official";
  return {
    id,
    host: raw.host ?? (environment.DOCKER_HOST || LOCAL_SOCKET),
    postgres: { ...raw.postgres, ...readyMade(raw.postgres, IMAGES[set].postgres) },
    redis: { ...raw.redis, ...readyMade(raw.redis, IMAGES[set].redis) },
    backend: backendSettings(raw, set),
    edge: { ...raw.edge, ...readyMade(raw.edge, IMAGES[set].caddy) },
  };
}

function readyMade(
  given: { image?: string | undefined; user?: string | undefined },
  ready: { ref: string; user: string },
): ReadyMade {
  return { image: { ref: given.image ?? ready.ref }, user: given.user ?? ready.user };
}

function backendSettings({ backend, secrets }: Raw, set: ImageSet): BackendSettings {
  const { image, build, buildArgs, secrets: names, ...rest } = backend;
  const args = { ...BASE_IMAGES[set], ...buildArgs };
  const source = build === undefined ? { ref: image as string } : { build, args };
  return {
    ...rest,
    image: source,
    secrets: Object.fromEntries(names.map((key) => [key, pulumi.secret(secrets[key] as string)])),
  };
}
