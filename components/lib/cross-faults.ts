import type { Fault } from "./fault.ts";
import { edgeRules } from "./edge-rules.ts";
import type { Raw } from "./schema.ts";

/** A rule that takes more than one value to judge. */
export interface Rule {
  /** Settings without which it cannot judge: `app.secrets`, or a whole key of the top, `secrets`. */
  readonly reads: readonly string[];
  readonly faults: (raw: Raw) => Fault[];
}

/**
 * Faults that take more than one value to judge. A rule is left out when a value that it reads has a fault of its own:
 * what it would say follows from that one.
 */
export function crossFaults(raw: Raw, faulty: readonly string[] = []): Fault[] {
  const isFaulty = (key: string): boolean => faulty.some((other) => other === key || key.startsWith(`${other}.`));
  return RULES.filter(({ reads }) => !reads.some(isFaulty)).flatMap(({ faults }) => faults(raw));
}

export const RULES: readonly Rule[] = [
  imageRule("app", { isNeeded: true }),
  imageRule("frontend", { isNeeded: false }),
  imageRule("bot", { isNeeded: false }),
  {
    reads: ["app.secrets", "secrets"],
    faults: ({ app, secrets }) => secretFaults("app.secrets", app.secrets, secrets, ["database_url", "redis_url"]),
  },
  {
    reads: ["bot.secrets", "secrets"],
    faults: ({ bot, secrets }) => secretFaults("bot.secrets", bot.secrets, secrets, ["redis_url"]),
  },
  { reads: ["app.secretsAs", "backend.command"], faults: entrypointFaults },
  { reads: ["worker.autoscale"], faults: autoscaleFaults },
  { reads: ["bot.image", "bot.build", "bot.command", "bot.secrets"], faults: tokenFaults },
  ...(["app", "frontend", "bot"] as const).map(pinRule),
  ...edgeRules,
];

interface OwnImage {
  readonly image?: string | undefined;
  readonly build?: string | undefined;
}

function imageRule(group: "app" | "frontend" | "bot", need: { isNeeded: boolean }): Rule {
  return { reads: [`${group}.image`, `${group}.build`], faults: (raw) => imageFaults(group, raw[group], need) };
}

function imageFaults(group: string, { image, build }: OwnImage, { isNeeded }: { isNeeded: boolean }): Fault[] {
  const key = `${group}.image`;
  const remedy = `set either ${group}.image (pulled) or ${group}.build (a folder built on the host)`;
  if (image !== undefined && build !== undefined)
    return [{ key, must: `must not be given together with ${group}.build`, got: image, remedy }];
  return isNeeded && image === undefined && build === undefined ? [{ key, must: "must be given", remedy }] : [];
}

/** Secrets become files named in lower case, beside the ones that are generated: one must not replace another. */
function secretFaults(
  key: string,
  names: readonly string[],
  secrets: Raw["secrets"],
  generated: readonly string[],
): Fault[] {
  return names.flatMap((name, index) => {
    const earlier = names.slice(0, index).find((other) => other.toLowerCase() === name.toLowerCase());
    if (generated.includes(name.toLowerCase())) return [isGenerated(key, name)];
    if (earlier !== undefined) return [isTwice(key, name, earlier)];
    return Object.hasOwn(secrets, name) ? [] : [isMissing(key, name)];
  });
}

function isGenerated(key: string, name: string): Fault {
  const remedy = `leave it out: /run/secrets/${name.toLowerCase()} is there already`;
  return { key, must: "must not name what is generated", got: name, remedy };
}

function isTwice(key: string, name: string, earlier: string): Fault {
  const remedy = `"${earlier}" is in /run/secrets/${name.toLowerCase()} already: leave one of them out`;
  return { key, must: "must name secrets that differ in more than case", got: name, remedy };
}

function isMissing(key: string, name: string): Fault {
  const remedy = `run: pulumi config set --secret --path 'secrets.${name}' <value>`;
  return { key, must: "must name secrets of this stack", got: name, remedy };
}

function entrypointFaults({ app, backend }: Raw): Fault[] {
  if (app.secretsAs === "files" || backend.command.length > 0) return [];
  const must = 'must be given when app.secretsAs is "environment"';
  const remedy = "the entrypoint that exports secrets replaces the image's own command: write that command";
  return [{ key: "backend.command", must, remedy }];
}

function autoscaleFaults({ worker }: Raw): Fault[] {
  const [most = 0, least = 0] = (worker.autoscale ?? "").split(",").map(Number);
  if (most >= least) return [];
  const must = "must name the most processes first";
  return [{ key: "worker.autoscale", must, got: worker.autoscale, remedy: `write "${least},${most}"` }];
}

/** A bot logs in with a token. In bot.env it would stand in `docker inspect`. */
function tokenFaults({ bot }: Raw): Fault[] {
  const isAsked = bot.image !== undefined || bot.build !== undefined || bot.command.length > 0;
  if (!isAsked || bot.secrets.length > 0) return [];
  const remedy = "write secrets: [BOT_TOKEN] and run: pulumi config set --secret --path 'secrets.BOT_TOKEN' <value>";
  return [{ key: "bot.secrets", must: "must name the token that the bot logs in with", remedy }];
}

function pinRule(group: "app" | "frontend" | "bot"): Rule {
  return { reads: ["pinned", `${group}.image`], faults: (raw) => pinFaults(`${group}.image`, raw[group].image, raw) };
}

/** A tag may name something else tomorrow; what is built on the host comes from sources that are versioned themselves. */
function pinFaults(key: string, image: string | undefined, { pinned }: Raw): Fault[] {
  if (!pinned || image === undefined || /@sha256:[0-9a-f]{64}$/.test(image)) return [];
  const remedy = "docker buildx imagetools inspect <image> says its digest; or write pinned: false";
  return [{ key, must: "must be pinned by digest, name@sha256:…", got: image, remedy }];
}
