import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { aptFault } from "../scripts/lib/obstacles.ts";

/** 1,024 networks of 254 addresses: the engine's own default pools end at 31 networks. */
const addressPool = "base=172.20.0.0/14,size=24";

let listsRefreshed: Promise<unknown> | undefined;

/** Installs what is missing of the named Debian packages; the package lists are refreshed once per run. */
export async function aptInstall(packages: readonly string[]): Promise<void> {
  const query = await execa("dpkg-query", ["-W", "-f", "${Package} ${db:Status-Status}\n", ...packages], {
    reject: false,
  });
  const missing = packages.filter((name) => !query.stdout.split("\n").includes(`${name} installed`));
  if (missing.length === 0) return;
  const options = ["-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"];
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  if (wasDpkgCutOff()) await execa("dpkg", ["--configure", "-a"], { env });
  // Its failure alone is none: what is wanted may be in the lists that are there.
  listsRefreshed ??= execa("apt-get", ["update"], { env, reject: false, timeout: REFRESH_MILLISECONDS });
  await listsRefreshed;
  const { failed, all } = await execa("apt-get", ["install", ...options, ...missing], {
    env,
    all: true,
    reject: false,
  });
  if (failed) throw new Error(aptFault(missing, all));
}

/** A source that does not answer at all makes apt wait for minutes, each. */
const REFRESH_MILLISECONDS = 180_000;

/** An installation that was interrupted leaves these behind, and apt refuses to do anything before it was finished. */
function wasDpkgCutOff(folder = "/var/lib/dpkg/updates"): boolean {
  return existsSync(folder) && readdirSync(folder).some((file) => /^\d+$/.test(file));
}

/** Whether this machine lets us install and start an engine. */
export function canInstallEngine(): boolean {
  return process.getuid?.() === 0 && hasApt();
}

export function hasApt(): boolean {
  return existsSync("/usr/bin/apt-get");
}

/** Installs the distribution's Docker Engine where there is none and starts it on the default socket. */
export async function startEngine(stateFolder: string): Promise<void> {
  const present = ["/usr/bin/dockerd", "/usr/sbin/dockerd"].some((file) => existsSync(file));
  await aptInstall(present ? ["iptables"] : ["docker.io", "iptables"]);
  if (existsSync("/run/systemd/system")) await execa("systemctl", ["enable", "--now", "docker"]);
  else startByHand(stateFolder);
}

/** Detached, in a session of its own, with its output in a file: the engine outlives this process and its terminal. */
function startByHand(stateFolder: string): void {
  mkdirSync(stateFolder, { recursive: true });
  const log = openSync(join(stateFolder, "dockerd.log"), "a");
  const pidFile = join(stateFolder, "dockerd.pid");
  removeStale(pidFile, "dockerd");
  removeStale("/var/run/docker/containerd/containerd.pid", "containerd");
  const args = ["--default-address-pool", addressPool, "--pidfile", pidFile];
  spawn("dockerd", args, { detached: true, stdio: ["ignore", log, log], cwd: "/" }).unref();
}

/** After a hard stop a pid file may name a living process of another kind, and the engine takes that for itself. */
function removeStale(pidFile: string, name: string): void {
  if (!existsSync(pidFile)) return;
  const process = `/proc/${readFileSync(pidFile, "utf8").trim()}/comm`;
  if (!existsSync(process) || readFileSync(process, "utf8").trim() !== name) rmSync(pidFile);
}
