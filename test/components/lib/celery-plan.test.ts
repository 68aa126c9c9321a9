// Does not prove that Celery takes this heartbeat or these options; test/e2e does. The probe's ages are tried where
// there is a Python.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { BEAT_DIRECTORY, beatPlan, workerPlan, workerProofPlan } from "../../../components/lib/celery-plan.ts";
import { seconds } from "../../../components/lib/duration.ts";
import type { WorkerSettings } from "../../../components/lib/settings.ts";
import { mib } from "../../../components/lib/size.ts";
import { APP, APP_PROCESS, checkOf } from "../../support/plans.ts";

const WORKER: WorkerSettings = {
  app: "app.worker",
  concurrency: 3,
  autoscale: undefined,
  maxTasksPerChild: 50,
  stopGrace: seconds(120),
  replicas: 2,
  memory: mib(384),
  cpus: "1.5",
  pidsLimit: 60,
};
const CELERY = `import pathlib, sys
from celery import signals
from celery.__main__ import main
from celery.beat import Scheduler
def touch(*_, **__): pathlib.Path("/tmp/onehost-heartbeat").touch()
signals.heartbeat_sent.connect(touch, weak=False)
tick = Scheduler.tick
def touching_tick(*args, **kwargs):
    delay = tick(*args, **kwargs)
    touch()
    return delay
Scheduler.tick = touching_tick
sys.argv[0] = "celery"
main()`;
const PROOF = `import sys
from celery.app.utils import find_app
app = find_app(sys.argv[1])
app.loader.import_default_modules()
with app.connection_for_write() as connection: connection.ensure_connection(max_retries=3)`;
const HEARTBEAT = `import os, sys, time
try: age = time.time() - os.stat("/tmp/onehost-heartbeat").st_mtime
except FileNotFoundError: sys.exit("no heartbeat yet")
if age > 60: sys.exit(f"last heartbeat {age:.0f} s ago")`;
const PROBE = ["python", "-I", "-c", HEARTBEAT];
const HEALTH = { healthcheck: checkOf(PROBE, 60), readiness: { probes: [PROBE], timeout: seconds(60) } };
const POOL = ["--concurrency", "3", "--max-tasks-per-child", "50"];

const workerWith = (settings: Partial<WorkerSettings>): readonly string[] | undefined =>
  workerPlan(APP, { ...WORKER, ...settings }).command?.slice(3);

describe("workerPlan", () => {
  it("is a rolling service that tells its health by a heartbeat of its own", () =>
    assert.deepStrictEqual(workerPlan(APP, WORKER), {
      ...APP_PROCESS,
      ...HEALTH,
      service: "worker",
      rollout: "rolling",
      command: ["python", "-c", CELERY, "-A", "app.worker", "worker", ...POOL],
      networks: ["data", "egress"],
      tmpfs: { "/tmp": { size: mib(16) } },
      memory: mib(384),
      cpus: "1.5",
      pidsLimit: 60,
      stopSignal: "SIGTERM",
      stopGrace: seconds(120),
    }));

  it("scales between two numbers instead of keeping to one, where the settings say so", () =>
    assert.deepStrictEqual(workerWith({ autoscale: "8,2" }), [
      ...["-A", "app.worker", "worker"],
      ...["--autoscale", "8,2", "--max-tasks-per-child", "50"],
    ]));

  it("shares the application's uploads and exported secrets", () => {
    const plan = workerPlan({ ...APP, uploads: "/srv/uploads", secretsAs: "environment" }, WORKER);
    assert.deepStrictEqual(plan.mounts, [{ volume: "uploads", target: "/srv/uploads" }]);
    assert.equal(plan.entrypoint?.[3], "export-secrets");
  });
});

describe("workerProofPlan", () => {
  it("is the same worker, but for a command that takes no task, and a name that no one takes for the worker's", () =>
    assert.deepStrictEqual(workerProofPlan(APP, WORKER), {
      ...workerPlan(APP, WORKER),
      service: "worker-proof",
      command: ["python", "-c", PROOF, "app.worker"],
    }));
});

describe("beatPlan", () => {
  const settings = { app: "app.schedule:app", memory: mib(128), cpus: "0.5" };

  it("is one schedule at a time, which remembers on a volume what it sent, and has no way out", () =>
    assert.deepStrictEqual(beatPlan(APP, settings), {
      ...APP_PROCESS,
      ...HEALTH,
      service: "beat",
      rollout: "recreate",
      command: [
        ...["python", "-c", CELERY, "-A", "app.schedule:app", "beat"],
        ...["--schedule", "/var/lib/beat/schedule", "--pidfile=", "--max-interval", "30"],
      ],
      networks: ["data"],
      mounts: [{ volume: "schedule", target: "/var/lib/beat" }],
      tmpfs: { "/tmp": { size: mib(8) } },
      memory: mib(128),
      cpus: "0.5",
      pidsLimit: 50,
      stopSignal: "SIGTERM",
      stopGrace: seconds(10),
    }));

  it("keeps the application's own mounts before its schedule", () =>
    assert.deepStrictEqual(beatPlan({ ...APP, uploads: "/srv/uploads" }, settings).mounts, [
      { volume: "uploads", target: "/srv/uploads" },
      { volume: "schedule", target: BEAT_DIRECTORY },
    ]));
});

describe("the heartbeat's probe", () => {
  const folder = mkdtempSync(`${tmpdir()}/onehost-heartbeat-`);
  const file = `${folder}/heartbeat`;
  const hasPython = spawnSync("python3", ["--version"]).status === 0;
  after(() => rmSync(folder, { recursive: true }));

  function ask(): [number | null, string] {
    const { status, stderr } = spawnSync("python3", ["-I", "-c", HEARTBEAT.replace("/tmp/onehost-heartbeat", file)]);
    return [status, stderr.toString()];
  }

  const cases: [string, number | undefined, RegExp | undefined][] = [
    ["fails before the first heartbeat", undefined, /^no heartbeat yet\n$/],
    ["passes with a fresh heartbeat", 0, undefined],
    ["passes for as long as Redis may take to restart", 50, undefined],
    ["fails with the age of a heartbeat that is too old", 70, /^last heartbeat 7\d s ago\n$/],
  ];
  for (const [title, age, complaint] of cases)
    it(title, function () {
      if (!hasPython) this.skip();
      if (age !== undefined) {
        writeFileSync(file, "");
        utimesSync(file, Date.now() / 1000 - age, Date.now() / 1000 - age);
      }
      const [status, stderr] = ask();
      assert.deepStrictEqual([status, complaint?.test(stderr) ?? stderr], complaint ? [1, true] : [0, ""]);
    });
});
