export { Backend } from "./backend.ts";
export { Edge } from "./edge.ts";
export { Host } from "./host.ts";
export { readSettings } from "./lib/settings.ts";
export { Networks } from "./networks.ts";
export { Postgres } from "./postgres.ts";
export { Redis } from "./redis.ts";
export { Switch } from "./switch.ts";
