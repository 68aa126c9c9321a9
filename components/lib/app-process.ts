import { SECRETS_DIRECTORY } from "./container-args.ts";
import type { ServicePlan } from "./plan.ts";
import type { AppSettings } from "./settings.ts";

/** Exports every secret under its name in capitals, for an application that reads only its environment. */
const EXPORT_SECRETS = [
  `for file in ${SECRETS_DIRECTORY}/*; do`,
  '  export "$(basename "$file" | tr a-z A-Z)=$(cat "$file")"',
  "done",
  'exec "$@"',
].join("\n");

const EXPORTING = ["/bin/sh", "-c", EXPORT_SECRETS, "export-secrets"];

/** A command as a container with this entrypoint would run it: with the secrets in its environment where that exports them. */
export function throughEntrypoint(entrypoint: readonly string[], command: readonly string[]): string[] {
  const isExporting = entrypoint.length === EXPORTING.length && entrypoint.every((word, i) => word === EXPORTING[i]);
  return isExporting ? [...entrypoint, ...command] : [...command];
}

/** What every process of the application's image has in common, whatever its command. */
export function appProcess(app: AppSettings): Pick<ServicePlan, "user" | "entrypoint" | "env" | "mounts" | "init"> {
  return {
    user: app.user,
    ...(app.secretsAs === "environment" && { entrypoint: EXPORTING }),
    env: environment(app),
    mounts: app.uploads === undefined ? [] : [{ volume: "uploads", target: app.uploads }],
    // Without it a probe that times out leaves a zombie each time.
    init: true,
  };
}

/** `…_FILE` is how software that reads secrets from files is told where. */
function environment({ env }: AppSettings): Record<string, string> {
  const file = (name: string): string => `${SECRETS_DIRECTORY}/${name}`;
  return { DATABASE_URL_FILE: file("database_url"), REDIS_URL_FILE: file("redis_url"), ...env };
}
