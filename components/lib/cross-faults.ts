import type { Fault } from "./fault.ts";
import type { Raw } from "./schema.ts";

/** Faults that take more than one value to judge. */
export function crossFaults(raw: Raw): Fault[] {
  return [
    ...imageFaults("app", raw.app, { isNeeded: true }),
    ...imageFaults("frontend", raw.frontend, { isNeeded: false }),
    ...imageFaults("bot", raw.bot, { isNeeded: false }),
    ...secretFaults("app.secrets", raw.app.secrets, raw.secrets),
    ...secretFaults("bot.secrets", raw.bot.secrets, raw.secrets),
    ...entrypointFaults(raw),
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

function secretFaults(key: string, names: readonly string[], secrets: Raw["secrets"]): Fault[] {
  const missing = names.filter((name) => !Object.hasOwn(secrets, name));
  return missing.map((name) => ({
    key,
    must: "must name secrets of this stack",
    got: name,
    remedy: `run: pulumi config set --secret --path 'secrets.${name}' <value>`,
  }));
}

function entrypointFaults({ app, backend }: Raw): Fault[] {
  if (app.secretsAs === "files" || backend.command.length > 0) return [];
  const must = 'must be given when app.secretsAs is "environment"';
  const remedy = "the entrypoint that exports secrets replaces the image's own command: write that command";
  return [{ key: "backend.command", must, remedy }];
}
