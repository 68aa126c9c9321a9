import { imageOf } from "../releases.ts";
import type { Edits, World } from "./edit.ts";
import { containersOf, imageName, inside, inspected, logged, ofImage, option, recorded, wordsOf } from "./read.ts";

const MiB = 2 ** 20;
const UVICORN = ["uvicorn", "app.main:app", "--host", "0.0.0.0", "--port"];

/** The application's own command, on another port. */
export const backendCommand = (port: number): string[] => [...UVICORN, String(port)];

const API_KEY_OF_PROCESS = "cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' | grep -m1 ^API_KEY=";

/** Edits of what all processes of the application share, and of the migrations. */
export const appEdits = ({ contexts }: World): Edits => ({
  secrets: {
    to: { API_KEY: "second", EXTRA: "more", BOT_TOKEN: "token" },
    batch: 2,
    shows: "second",
    read: inside("backend", "cat", "/run/secrets/api_key"),
  },
  "app.image": {
    to: imageOf("second"),
    with: { "app.build": "" },
    batch: 2,
    shows: imageOf("second"),
    read: imageName("backend"),
  },
  "app.build": {
    to: `${contexts}/other-app`,
    shows: "other-app",
    read: ofImage("backend", "Config.Labels.folder"),
  },
  "app.buildArgs": { to: { MARK: "second" }, shows: "second", read: ofImage("backend", "Config.Labels.mark") },
  "app.user": { to: "10002:10002", shows: "10002:10002", read: inspected("backend", "Config.User") },
  "app.env": {
    to: { LOG_LEVEL: "debug", UPLOADS_DIR: "/srv/uploads" },
    shows: ["LOG_LEVEL=debug"],
    read: wordsOf("backend", "Config.Env", "LOG_LEVEL=debug", "LOG_LEVEL=info"),
  },
  "app.secrets": { to: ["API_KEY", "EXTRA"], shows: "more", read: inside("backend", "cat", "/run/secrets/extra") },
  "app.secretsAs": {
    to: "environment",
    shows: "API_KEY=first",
    read: inside("backend", "sh", "-c", API_KEY_OF_PROCESS),
  },
  "app.uploads": {
    to: "/srv/uploads",
    shows: "10002",
    read: inside("backend", "stat", "-c", "%u", "/srv/uploads"),
  },
  "migrations.command": {
    to: ["sh", "-c", "alembic upgrade head && echo done >${UPLOADS_DIR:-/app/uploads}/migrated-by-$(id -u)"],
    shows: "done",
    read: inside("backend", "cat", "/app/uploads/migrated-by-10001"),
  },
  "migrations.timeout": { to: "200s", shows: 200, read: recordedTimeout },
});

/** The job's container is gone as soon as it has ended, and the timeout was never its own. */
async function recordedTimeout(world: World): Promise<unknown> {
  const job = (await recorded("command:local:Command", "migrations", "inputs.environment.JOB")(world)) as string;
  return (JSON.parse(job) as { timeoutSeconds: number }).timeoutSeconds;
}

/** Edits of the processes that run the application. */
export const processEdits = (): Edits => ({
  "backend.command": {
    to: [...backendCommand(9000), "--no-date-header"],
    applied: { "backend.port": 9000 },
    shows: "--no-date-header",
    read: async (world) => ((await inspected("backend", "Config.Cmd")(world)) as string[]).at(-1),
  },
  "backend.port": {
    to: 9000,
    shows: "http://127.0.0.1:9000/openapi.json",
    read: async (world) => ((await inspected("backend", "Config.Healthcheck.Test")(world)) as string[]).at(-1),
  },
  "backend.live": {
    to: "/openapi.json",
    shows: true,
    read: async (world) =>
      ((await inspected("backend", "Config.Healthcheck.Test")(world)) as string[]).at(-1)?.endsWith("/openapi.json"),
  },
  "backend.ready": { to: "/items", shows: true, read: logged("backend", "GET /items") },
  "backend.startTimeout": {
    to: "50s",
    shows: 50e9,
    read: inspected("backend", "Config.Healthcheck.StartPeriod"),
  },
  "backend.stopGrace": { to: "20s", shows: 20, read: inspected("backend", "Config.StopTimeout") },
  "backend.replicas": { to: 2, shows: 2, read: containersOf("backend") },
  "backend.memory": { to: "300MiB", shows: 300 * MiB, read: inspected("backend", "HostConfig.Memory") },
  "backend.cpus": { to: "0.75", shows: 750_000_000, read: inspected("backend", "HostConfig.NanoCpus") },
  "backend.pidsLimit": { to: 90, shows: 90, read: inspected("backend", "HostConfig.PidsLimit") },
  "worker.app": { to: "app.worker:app", shows: "app.worker:app", read: option("worker", "-A") },
  "worker.concurrency": { to: 1, shows: "1", read: option("worker", "--concurrency") },
  "worker.autoscale": { to: "2,1", batch: 2, shows: "2,1", read: option("worker", "--autoscale") },
  "worker.maxTasksPerChild": { to: 50, shows: "50", read: option("worker", "--max-tasks-per-child") },
  "worker.stopGrace": { to: "20s", shows: 20, read: inspected("worker", "Config.StopTimeout") },
  "worker.replicas": { to: 2, batch: 2, shows: 2, read: containersOf("worker") },
  "worker.memory": { to: "400MiB", shows: 400 * MiB, read: inspected("worker", "HostConfig.Memory") },
  "worker.cpus": { to: "0.75", shows: 750_000_000, read: inspected("worker", "HostConfig.NanoCpus") },
  "worker.pidsLimit": { to: 80, shows: 80, read: inspected("worker", "HostConfig.PidsLimit") },
  "beat.app": { to: "app.worker:app", shows: "app.worker:app", read: option("beat", "-A") },
  "beat.memory": { to: "160MiB", shows: 160 * MiB, read: inspected("beat", "HostConfig.Memory") },
  "beat.cpus": { to: "0.4", shows: 400_000_000, read: inspected("beat", "HostConfig.NanoCpus") },
});
