import { appProcess } from "./app-process.ts";
import { seconds } from "./duration.ts";
import { healthcheck } from "./healthcheck.ts";
import type { ServicePlan } from "./plan.ts";
import type { AppSettings, BeatSettings, WorkerSettings } from "./settings.ts";
import { mib } from "./size.ts";

/** Touched while a worker is connected and its loop turns, or while a schedule turns. On tmpfs: gone after a restart. */
const HEARTBEAT = "/tmp/onehost-heartbeat";

/** Rides out a restart of Redis; a dead loop or a dead broker shows within it. */
const HEARTBEAT_SECONDS = 60;

/**
 * Celery's own command line, with a heartbeat for any application: the signal fires every 2 s while the worker is
 * connected, the schedule's tick at least every max-interval. `inspect ping` would cost 0.6 CPU seconds and up to
 * 50 MiB inside the limit at every probe, and says nothing about beat.
 */
const CELERY = [
  "import pathlib, sys",
  "from celery import signals",
  "from celery.__main__ import main",
  "from celery.beat import Scheduler",
  `def touch(*_, **__): pathlib.Path("${HEARTBEAT}").touch()`,
  "signals.heartbeat_sent.connect(touch, weak=False)",
  "tick = Scheduler.tick",
  "def touching_tick(*args, **kwargs):",
  "    delay = tick(*args, **kwargs)",
  "    touch()",
  "    return delay",
  "Scheduler.tick = touching_tick",
  'sys.argv[0] = "celery"',
  "main()",
].join("\n");

const HEARTBEAT_PROBE = [
  "python",
  "-I",
  "-c",
  [
    "import os, sys, time",
    `try: age = time.time() - os.stat("${HEARTBEAT}").st_mtime`,
    'except FileNotFoundError: sys.exit("no heartbeat yet")',
    `if age > ${HEARTBEAT_SECONDS}: sys.exit(f"last heartbeat {age:.0f} s ago")`,
  ].join("\n"),
];

/** Imports the application and reaches its broker, and takes no task. */
const PROOF = [
  "import sys",
  "from celery.app.utils import find_app",
  "app = find_app(sys.argv[1])",
  "app.loader.import_default_modules()",
  "with app.connection_for_write() as connection: connection.ensure_connection(max_retries=3)",
].join("\n");

const HEALTH: Pick<ServicePlan, "healthcheck" | "readiness"> = {
  healthcheck: healthcheck(HEARTBEAT_PROBE, { retries: 3, startPeriod: seconds(60) }),
  readiness: { probes: [HEARTBEAT_PROBE], timeout: seconds(60) },
};

/** The plan of a worker: it finishes its running tasks within the grace period before it goes. */
export function workerPlan(app: AppSettings, settings: WorkerSettings): ServicePlan {
  return {
    ...appProcess(app),
    ...HEALTH,
    service: "worker",
    rollout: "rolling",
    command: ["python", "-c", CELERY, "-A", settings.app, "worker", ...workerOptions(settings)],
    networks: ["data", "egress"],
    tmpfs: { "/tmp": { size: mib(16) } },
    memory: settings.memory,
    cpus: settings.cpus,
    pidsLimit: settings.pidsLimit,
    stopSignal: "SIGTERM",
    stopGrace: settings.stopGrace,
  };
}

function workerOptions({ autoscale, concurrency, maxTasksPerChild }: WorkerSettings): string[] {
  const pool = autoscale === undefined ? ["--concurrency", String(concurrency)] : ["--autoscale", autoscale];
  return [...pool, "--max-tasks-per-child", String(maxTasksPerChild)];
}

/** The same worker as a job that only proves its image: a worker takes tasks the moment it starts. */
export function workerProofPlan(app: AppSettings, settings: WorkerSettings): ServicePlan {
  return { ...workerPlan(app, settings), service: "worker-proof", command: ["python", "-c", PROOF, settings.app] };
}

/** Where beat keeps when each entry was last sent. */
export const BEAT_DIRECTORY = "/var/lib/beat";

/** The plan of the one schedule of a stack. Two would run side by side and both send, without a word. */
export function beatPlan(app: AppSettings, settings: BeatSettings): ServicePlan {
  const process = appProcess(app);
  return {
    ...process,
    ...HEALTH,
    service: "beat",
    rollout: "recreate",
    command: ["python", "-c", CELERY, "-A", settings.app, "beat", ...BEAT_OPTIONS],
    networks: ["data"],
    mounts: [...(process.mounts ?? []), { volume: "schedule", target: BEAT_DIRECTORY }],
    tmpfs: { "/tmp": { size: mib(8) } },
    memory: settings.memory,
    cpus: settings.cpus,
    pidsLimit: 50,
    stopSignal: "SIGTERM",
    stopGrace: seconds(10),
  };
}

/** Beat's own default, 300 s between ticks without an entry that is due, would outlast the heartbeat's limit. */
const BEAT_OPTIONS = ["--schedule", `${BEAT_DIRECTORY}/schedule`, "--pidfile=", "--max-interval", "30"];
