import {
  Application,
  Backend,
  CeleryBeat,
  CeleryWorker,
  Edge,
  Frontend,
  Host,
  Migrations,
  Networks,
  Postgres,
  preflight,
  present,
  readSettings,
  Redis,
  routes,
  Switch,
  TelegramBot,
} from "./components/index.ts";

const { id, host: endpoint, seen, ...settings } = await preflight(readSettings());

const host = new Host("host", { endpoint, id, seen });
const networks = new Networks("networks", { host, settings });
const on = { host, networks };

// The data: one container each, replaced only by stopping the old one first.
const postgres = new Postgres("postgres", { ...on, settings: settings.postgres });
const redis = new Redis("redis", { ...on, settings: settings.redis });

// The application: everything new starts beside the old version and proves itself.
const app = new Application("app", { host, postgres, redis, settings: settings.app });
const data = [postgres, redis];
const migrations =
  settings.migrations && new Migrations("migrations", { ...on, app, settings: settings.migrations, after: data });
const backend = new Backend("backend", {
  ...on,
  app,
  settings: settings.backend,
  after: [...data, ...present(migrations)],
});
const frontend = settings.frontend && new Frontend("frontend", { ...on, settings: settings.frontend });
const web = [backend, ...present(frontend)];
const worker = settings.worker && new CeleryWorker("worker", { ...on, app, settings: settings.worker, after: web });

// The way in: one edge, and one switch that points it at the new version when all of it has proved itself.
const edge = new Edge("edge", { ...on, settings: settings.edge });
const served = new Switch("switch", {
  host,
  edge,
  postgres,
  routes: routes(settings.edge, backend, frontend),
  alongside: present(worker),
});

// What there may be only one of follows the version that serves. The bot is last: when it crashes, all else serves.
const beat = settings.beat && new CeleryBeat("beat", { ...on, app, settings: settings.beat, after: [served] });
if (settings.bot) new TelegramBot("bot", { ...on, redis, settings: settings.bot, after: [served, ...present(beat)] });

/** Address of the application. */
export const url = edge.url;
