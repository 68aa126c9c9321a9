import type { Fault } from "./fault.ts";
import type { Raw } from "./schema.ts";

/** Faults that take more than one value to judge. */
export function crossFaults(raw: Raw): Fault[] {
  return [
    ...imageFaults("app", raw.app, { isNeeded: true }),
    ...imageFaults("frontend", raw.frontend, { isNeeded: false }),
    ...imageFaults("bot", raw.bot, { isNeeded: false }),
    ...secretFaults("app.secrets", raw.app.secrets, raw.secrets, ["database_url", "redis_url"]),
    ...secretFaults("bot.secrets", raw.bot.secrets, raw.secrets, ["redis_url"]),
    ...entrypointFaults(raw),
    ...autoscaleFaults(raw),
  ];
}

interface OwnImage {
  readonly image?: string | undefined;
  readonly build?: string | undefined;
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
