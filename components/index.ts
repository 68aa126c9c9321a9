import "./debug-log.ts";

export { Application } from "./application.ts";
export { Backend } from "./backend.ts";
export { CeleryBeat } from "./beat.ts";
export { TelegramBot } from "./bot.ts";
export { Edge } from "./edge.ts";
export { Frontend } from "./frontend.ts";
export { Host } from "./host.ts";
export { present } from "./lib/present.ts";
export { readSettings } from "./lib/settings.ts";
export { Migrations } from "./migrations.ts";
export { Networks } from "./networks.ts";
export { Postgres } from "./postgres.ts";
export { preflight } from "./preflight.ts";
export { Redis } from "./redis.ts";
export { routes } from "./routes.ts";
export { Switch } from "./switch.ts";
export { CeleryWorker } from "./worker.ts";
