import { Backend, Edge, Host, Networks, Postgres, readSettings, Redis, Switch } from "./components/index.ts";

const settings = readSettings();

const host = new Host("host", { endpoint: settings.host, id: settings.id });
const networks = new Networks("networks", { host });

// The data: one container each, replaced only by stopping the old one first.
const postgres = new Postgres("postgres", { host, networks, settings: settings.postgres });
const redis = new Redis("redis", { host, networks, settings: settings.redis });

// The application: every release starts beside the old version and proves itself.
const backend = new Backend("backend", { host, networks, postgres, redis, settings: settings.backend });

// The way in: one edge, and one switch that points it at the new version when all of it has proved itself.
const edge = new Edge("edge", { host, networks, settings: settings.edge });
new Switch("switch", {
  host,
  edge,
  routes: [
    { prefix: settings.edge.apiPrefix, strip: true, to: backend },
    { prefix: "/", strip: false, to: backend },
  ],
});

/** Address of the application. */
export const url = edge.url;
