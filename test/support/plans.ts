// Settings of an application that the tests of plans share.
import type { AppSettings } from "../../components/lib/settings.ts";
import { seconds } from "../../components/lib/duration.ts";
import type { Healthcheck } from "../../components/lib/plan.ts";

/** An application that asks for as little as it can. */
export const APP: AppSettings = {
  image: { ref: "app:1" },
  user: "10001:10002",
  env: {},
  secrets: {},
  secretsAs: "files",
  uploads: undefined,
};

/** What every process of that application has, whatever its command. */
export const APP_PROCESS = {
  user: "10001:10002",
  env: { DATABASE_URL_FILE: "/run/secrets/database_url", REDIS_URL_FILE: "/run/secrets/redis_url" },
  mounts: [],
  init: true,
};

/** Docker's own check of a service, as it follows from a probe. */
export function checkOf(probe: readonly string[], startSeconds: number): Healthcheck {
  return {
    test: ["CMD", ...probe],
    interval: seconds(10),
    timeout: seconds(5),
    retries: 3,
    startPeriod: seconds(startSeconds),
  };
}
