import * as z from "zod";
import type { Fault } from "./fault.ts";
import { mib } from "./size.ts";
import * as v from "./values.ts";

/** The port inside the edge's container that plain HTTP is served on. */
export const EDGE_PORT = 8080;

/** The port inside the edge's container that https is served on, where there is a domain. */
export const EDGE_TLS_PORT = 8443;

/** At least two labels of letters, digits and inner hyphens; the last one is no number, which leaves addresses out. */
const DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/;

/** A socket; a machine by ssh, with a user and a port where they are not the usual ones; a machine and its port. */
const HOST = /^(unix:\/\/\/[^\s]+|ssh:\/\/([^@\s/]+@)?[^@\s/]+|tcp:\/\/[^@\s/]+:\d+)$/;

const host = v.matching(HOST, "must be a Docker host by unix://, ssh:// or tcp://", "ssh://deploy@example.org");
const imageRef = v.matching(/^[\w][\w./:@-]*$/, "must be an image reference", "registry.example.org/app:1.4.2");
const folder = v.matching(/^[\w./-]+$/, "must be a folder with a Dockerfile", "./backend");
const imageSet = v.matching(/^(official|offline)$/, 'must be "official" or "offline"', "official");
const platform = v.matching(/^linux\/\w+$/, "must be the platform of the Docker host", "linux/arm64");
const identifier = v.matching(/^[a-z_][a-z0-9_]*$/, "must be a name in lower case", "app");
const absolutePath = v.matching(/^\/[\w./-]+$/, "must be an absolute path inside the container", "/app/uploads");
const celeryApp = v.matching(/^[A-Za-z_][\w.:]*$/, "must be the import path of a Celery application", "app.worker");
const autoscale = v.matching(/^\d+,\d+$/, "must be the most and the least number of processes", "8,2");
const domain = v.matching(DOMAIN, "must be a domain name in lower case", "example.org");
const tls = v.matching(/^(acme|internal)$/, 'must be "acme" or "internal"', "acme");
const secretsAs = v.matching(/^(files|environment)$/, 'must be "files" or "environment"', "files");

/** Where an image of the team's own comes from: one of them, or neither. */
const ownImage = { image: v.optional(imageRef), build: v.optional(folder), buildArgs: v.variables };

/** An image that somebody else made: its user belongs to it. */
const readyImage = { image: v.optional(imageRef), user: v.optional(v.user) };

const limits = (leastMiB: number) => ({ memory: v.sizeFrom(mib(leastMiB)), cpus: v.cpus });

/** The keys of Pulumi.yaml, which has their defaults and descriptions. */
export const schema = z.strictObject({
  host: v.optional(host),
  audit: v.yesOrNo,
  images: v.optional(imageSet),
  pinned: v.yesOrNo,
  platform,
  secrets: v.variables,
  postgres: z.strictObject({
    ...readyImage,
    ...limits(128),
    database: identifier,
    role: identifier,
    publish: v.optional(v.publishedOnLoopback(5432)),
    stopGrace: v.duration,
  }),
  redis: z.strictObject({
    ...readyImage,
    ...limits(32),
    publish: v.optional(v.publishedOnLoopback(6379)),
    stopGrace: v.duration,
  }),
  app: z.strictObject({
    ...ownImage,
    user: v.user,
    env: v.variables,
    secrets: v.words,
    secretsAs,
    uploads: v.optional(absolutePath),
  }),
  migrations: z.strictObject({ command: v.words, timeout: v.duration }),
  backend: z.strictObject({
    ...limits(64),
    command: v.words,
    port: v.integer(1, 65535),
    live: v.urlPath,
    ready: v.urlPath,
    startTimeout: v.duration,
    stopGrace: v.duration,
    replicas: v.integer(1, 4),
    pidsLimit: v.integer(60, 4096),
  }),
  frontend: z.strictObject({
    ...ownImage,
    ...limits(16),
    user: v.user,
    port: v.integer(1, 65535),
    live: v.urlPath,
    replicas: v.integer(1, 4),
  }),
  worker: z.strictObject({
    ...limits(128),
    app: v.optional(celeryApp),
    concurrency: v.integer(1, 64),
    autoscale: v.optional(autoscale),
    maxTasksPerChild: v.integer(1, 1_000_000),
    stopGrace: v.duration,
    replicas: v.integer(1, 4),
    pidsLimit: v.integer(20, 4096),
  }),
  beat: z.strictObject({ ...limits(64), app: v.optional(celeryApp) }),
  bot: z.strictObject({
    ...ownImage,
    ...limits(32),
    command: v.words,
    user: v.user,
    env: v.variables,
    secrets: v.words,
    probe: v.words,
    pidsLimit: v.integer(20, 4096),
  }),
  edge: z.strictObject({
    ...readyImage,
    ...limits(32),
    publish: v.optional(v.published(EDGE_PORT)),
    domain: v.optional(domain),
    tls,
    publishTls: v.published(EDGE_TLS_PORT),
    apiPrefix: v.urlPath,
    stripApiPrefix: v.yesOrNo,
  }),
});

export type Raw = z.infer<typeof schema>;

/**
 * What can be read of settings with faults: rules of several values judge it. A value with a fault is undefined, so no
 * rule may read it.
 */
export function salvage(raw: Readonly<Record<string, unknown>>): Raw {
  return readable(schema, raw) as Raw;
}

function readable(type: z.core.$ZodType, value: unknown): unknown {
  if (!isGroup(type)) return z.safeParse(type, value).data;
  const group = typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  const fields = Object.entries(type.shape);
  return Object.fromEntries(fields.map(([key, field]) => [key, readable(field, group[key])]));
}

const isGroup = (type: z.core.$ZodType): type is z.ZodObject<z.core.$ZodShape> => type instanceof z.ZodObject;

/** Faults in the order of Pulumi.yaml's groups, whoever found them. */
export function inOrder(faults: readonly Fault[]): Fault[] {
  const groups = Object.keys(schema.shape);
  const place = ({ key }: Fault): number => {
    const index = groups.indexOf(key.split(".")[0] ?? "");
    return index < 0 ? groups.length : index;
  };
  return [...faults].sort((a, b) => place(a) - place(b));
}

/** Keys that a group of settings may have; the empty path is the top. */
export function knownKeys([group]: readonly PropertyKey[]): string[] {
  if (group === undefined) return Object.keys(schema.shape);
  const fields = schema.shape[group as keyof typeof schema.shape];
  return fields instanceof z.ZodObject ? Object.keys(fields.shape) : [];
}
