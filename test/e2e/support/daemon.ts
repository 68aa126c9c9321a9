import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type Docker from "dockerode";
import { execa } from "execa";
import { startEngine } from "../../../offline/engine.ts";
import { stateFolder } from "../../../scripts/lib/folders.ts";
import { until } from "./assertions.ts";

const PID_FILE = join(stateFolder(), "dockerd.pid");

/** Whether the daemon may be stopped: quickstart started it, or the system's services manage it. Others' are not ours. */
export function isDaemonOurs(): boolean {
  return existsSync(PID_FILE) || existsSync("/run/systemd/system");
}

/** Stops the Docker daemon, and with it every container, as a shutdown of the host does; then starts it again. */
export async function restartDaemon(engine: Docker): Promise<void> {
  await stopDaemon();
  await startEngine(stateFolder());
  await until(() => answers(engine), 120);
}

/** The one that quickstart started by hand, by its id; else the system's own. It answers no more before it has ended. */
async function stopDaemon(): Promise<void> {
  if (!existsSync(PID_FILE)) return void (await execa("systemctl", ["stop", "docker.socket", "docker"]));
  process.kill(Number(readFileSync(PID_FILE, "utf8")), "SIGTERM");
  await until(() => Promise.resolve(!existsSync(PID_FILE)), 120);
}

async function answers(engine: Docker): Promise<boolean> {
  return engine.ping().then(
    () => true,
    () => false,
  );
}
