import { existsSync, readFileSync } from "node:fs";
import { mkdir, readdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type Docker from "dockerode";
import { execa } from "execa";
import { connect } from "../../../components/engine/connect.ts";
import { startRequest, transport } from "../../../components/engine/transport.ts";
import { aptInstall } from "../../../offline/engine.ts";
import { cacheFolder } from "../../../scripts/lib/folders.ts";
import { until } from "./assertions.ts";
import { type Cable, connectCable, disconnectCable } from "./vps/cable.ts";
import { makeRootFileSystem } from "./vps/root-file-system.ts";
import { SshClient } from "./vps/ssh-client.ts";

const FOLDER = join(cacheFolder(), "e2e-vps");
const ROOT = join(FOLDER, "root");
const PID_FILE = join(FOLDER, "pid");
const CABLE: Cable = { name: "onehost-vps", prefix: "10.213.78" };
const CGROUP = "onehost-e2e-vps";

const REGISTRY = `version: 0.1
storage: { filesystem: { rootdirectory: /var/lib/registry } }
http: { addr: "127.0.0.1:5000" }
`;

/**
 * A second host on this machine: namespaces, root file system, sshd and Docker Engine of its own, at the end of a network
 * cable. Its user `deploy` is in the group docker. sshd has its default limits. Its processes and mounts end with its
 * first process.
 */
export class Vps {
  readonly address = `${CABLE.prefix}.2`;
  readonly endpoint = `ssh://deploy@${this.address}`;
  readonly client = new SshClient(join(FOLDER, "client"));
  private pid = 0;

  /** @param machine The engine of this machine, which makes the root file system. */
  constructor(private readonly machine: Docker) {}

  async start(): Promise<void> {
    await aptInstall(["iproute2", "iptables", "openssh-client", "procps"]);
    await this.stop();
    await makeRootFileSystem(this.machine, ROOT);
    await this.boot();
    await connectCable(CABLE, this.pid);
    await this.startSshd();
    await this.startEngine();
  }

  /** Also what an earlier run left behind. */
  async stop(): Promise<void> {
    await killFirstProcess();
    await disconnectCable(CABLE);
    await removeCgroups();
    // Its mounts go a moment after its processes.
    await rm(FOLDER, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  /** Its engine, reached beside ssh: for what the test itself wants to see and do. */
  get engine(): Docker {
    return connect(this.socket);
  }

  private get socket(): string {
    return `unix:///proc/${this.pid}/root/run/docker.sock`;
  }

  /** Runs a command there as root. */
  async run(command: string, ...args: string[]): Promise<string> {
    const namespaces = ["--mount", "--uts", "--ipc", "--net", "--pid", `--target=${this.pid}`];
    const { stdout } = await execa("nsenter", [...namespaces, command, ...args], { timeout: 60_000, cwd: "/" });
    return stdout;
  }

  shell(script: string): Promise<string> {
    return this.run("sh", "-c", script);
  }

  async startSshd(): Promise<void> {
    await this.run("/usr/sbin/sshd", "-E", "/var/log/sshd.log");
  }

  /** Its listener; connections that are open stay. */
  async stopSshd(): Promise<void> {
    await this.shell('kill "$(cat /run/sshd.pid)"');
    await until(() => Promise.resolve(!existsSync(`/proc/${this.pid}/root/run/sshd.pid`)), 10);
  }

  async startEngine(): Promise<void> {
    const options = `--exec-opt native.cgroupdriver=cgroupfs --cgroup-parent /${CGROUP}`;
    await this.shell(`setsid dockerd ${options} >>/var/log/dockerd.log 2>&1 </dev/null &`);
    const answers = () => this.engine.ping().then(Boolean, () => false);
    await until(answers, 60).catch(async () => {
      throw new Error(`its Docker Engine does not start: ${await this.shell("tail -n 20 /var/log/dockerd.log")}`);
    });
  }

  async stopEngine(): Promise<void> {
    await this.signalEngine("TERM");
    await until(() => Promise.resolve(!existsSync(`/proc/${this.pid}/root/run/docker.pid`)), 60);
  }

  async signalEngine(signal: "TERM" | "STOP" | "CONT"): Promise<void> {
    await this.shell(`kill -${signal} "$(cat /run/docker.pid)"`);
  }

  /** Copies images from this machine's engine, all at once, so that what they share is sent once. */
  async load(images: readonly string[]): Promise<void> {
    const names = images.map((name) => `names=${encodeURIComponent(name)}`).join("&");
    const { socketPath } = this.machine.modem as { socketPath?: string };
    const archive = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
      const way = transport(`unix://${socketPath}`);
      startRequest(way, { path: `/images/get?${names}`, headers: { host: "docker" } }, resolve)
        .on("error", reject)
        .end();
    });
    const progress = await this.engine.loadImage(archive);
    await new Promise((resolve) => progress.resume().on("end", resolve));
  }

  /** Puts an image that is there into a registry of its own; only the registry has it then. @returns its name by digest. */
  async publish(image: string, name: string): Promise<string> {
    await writeFile(join(ROOT, "etc/registry.yml"), REGISTRY);
    await this.shell("setsid docker-registry serve /etc/registry.yml >>/var/log/registry.log 2>&1 </dev/null &");
    const tag = `127.0.0.1:5000/${name}:latest`;
    await this.run("docker", "tag", image, tag);
    await until(() => this.run("docker", "push", "--quiet", tag).then(Boolean, () => false), 60);
    const digest = await this.run("docker", "inspect", "--format", "{{index .RepoDigests 0}}", tag);
    await this.run("docker", "rmi", image, tag);
    return digest.trim();
  }

  private async boot(): Promise<void> {
    const namespaces = ["--mount", "--uts", "--ipc", "--net", "--pid", "--fork", "--kill-child"];
    const script = join(import.meta.dirname, "vps/boot.sh");
    const outer = execa("unshare", [...namespaces, "sh", script, ROOT], { stdio: "ignore", cwd: "/" });
    outer.catch(() => undefined);
    await until(async () => (this.pid = await onlyChild(outer.pid)) > 0, 10);
    await writeFile(PID_FILE, String(this.pid));
    await until(() => Promise.resolve(existsSync(`/proc/${this.pid}/root/run/sshd`)), 10);
    await this.letIn();
  }

  private async letIn(): Promise<void> {
    await this.client.prepare();
    const key = await readFile(this.client.publicKey("own"), "utf8");
    const keys = join(ROOT, "home/deploy/.ssh/authorized_keys");
    await writeFile(keys, key, { mode: 0o644 });
    await this.run("ssh-keygen", "-A");
    await this.client.know({ [this.address]: await this.hostKey() });
  }

  hostKey(): Promise<string> {
    return readFile(join(ROOT, "etc/ssh/ssh_host_ed25519_key.pub"), "utf8").then((line) => line.trim());
  }
}

async function onlyChild(parent: number | undefined): Promise<number> {
  const { stdout } = await execa("pgrep", ["--parent", String(parent)], { reject: false });
  return Number(stdout.trim());
}

/** By its id, if it still is the process that it was. */
async function killFirstProcess(): Promise<void> {
  if (!existsSync(PID_FILE)) return;
  const pid = Number(readFileSync(PID_FILE, "utf8"));
  const isOurs = () => existsSync(`/proc/${pid}`) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(ROOT);
  if (isOurs()) process.kill(pid, "SIGKILL");
  await until(() => Promise.resolve(!isOurs()), 20);
}

/** What its containers leave in this machine's hierarchies: one per controller, or one in all. */
async function removeCgroups(): Promise<void> {
  const hierarchies = ["", ...(await readdir("/sys/fs/cgroup"))].map((name) => join("/sys/fs/cgroup", name, CGROUP));
  for (const folder of hierarchies.filter((name) => existsSync(name))) {
    const { stdout } = await execa("find", [folder, "-depth", "-type", "d"]);
    for (const group of stdout.split("\n")) await rmdir(group);
  }
}

await mkdir(cacheFolder(), { recursive: true });
