import { appEdits, backendCommand, processEdits } from "./application.ts";
import { dataEdits } from "./data.ts";
import type { Edits, World } from "./edit.ts";
import { DOMAIN, edgeEdits, imageEdits, stackEdits } from "./rest.ts";

/** An edit of every setting, with how its new value is read back. A new setting is a new row in one of these. */
export function edits(world: World): Edits {
  return {
    ...stackEdits(world),
    ...dataEdits(world),
    ...appEdits(world),
    ...processEdits(),
    ...imageEdits(world),
    ...edgeEdits(world),
  };
}

/** The stack that is edited: every service, and a value for whatever an edit has to move away from. */
export function before({ images, platform, contexts, port }: World): Record<string, unknown> {
  return {
    images: images.here,
    platform: platform.here,
    secrets: { API_KEY: "first", EXTRA: "more", BOT_TOKEN: "token" },
    postgres: { database: "shop", role: "clerk" },
    app: { build: `${contexts}/app`, uploads: "/app/uploads", secrets: ["API_KEY"], env: { LOG_LEVEL: "info" } },
    migrations: { command: ["alembic", "upgrade", "head"] },
    backend: { command: backendCommand(8000) },
    frontend: { build: `${contexts}/frontend`, live: "/healthz" },
    worker: { app: "app.worker" },
    beat: { app: "app.worker" },
    bot: { build: `${contexts}/bot`, secrets: ["BOT_TOKEN"] },
    edge: {
      domain: DOMAIN.before,
      tls: "internal",
      publish: `127.0.0.1:${port.http}`,
      publishTls: `127.0.0.1:${port.https}`,
    },
  };
}
