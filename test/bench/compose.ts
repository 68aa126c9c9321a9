import { writeFileSync } from "node:fs";
import type Docker from "dockerode";
import { stringify } from "yaml";
import { LABEL } from "../../components/lib/names.ts";
import { attempt, run } from "../../scripts/lib/run.ts";
import type { TestStack } from "../e2e/support/stack.ts";
import type { Timed } from "./timed.ts";

const PROJECT = "onehost-bench";

/** `docker compose`, as the CLI's plugin or as a program of its own; undefined where there is neither. */
export async function findCompose(): Promise<readonly string[] | undefined> {
  for (const command of [["docker", "compose"], ["docker-compose"]] as const) {
    const [program, ...args] = command;
    const { code } = await attempt(program, [...args, "version"]).catch(() => ({ code: 127 }));
    if (code === 0) return command;
  }
  return undefined;
}

/** The services of a stack that runs, declared for Compose: same images, commands, limits and networks. */
export class ComposeStack {
  readonly up: Timed;
  private readonly base: readonly string[];

  constructor(
    compose: readonly string[],
    private readonly file: string,
  ) {
    this.base = [...compose, "--project-name", PROJECT, "--file", file];
    this.up = { command: [...this.base, "up", "--detach"], cwd: "/" };
  }

  async declare(stack: TestStack): Promise<void> {
    const infos = await Promise.all((await stack.all()).map((container) => container.inspect()));
    writeFileSync(this.file, stringify(composeFile(infos)));
  }

  async bringUp(): Promise<void> {
    await this.call("up", "--detach");
  }

  /** Before the stack that it was made of: it uses some of its volumes. */
  async dispose(): Promise<void> {
    await this.call("down", "--volumes", "--timeout", "5");
  }

  private async call(...args: string[]): Promise<void> {
    const [program = "", ...rest] = this.base;
    await run(program, [...rest, ...args]);
  }
}

function composeFile(infos: readonly Docker.ContainerInspectInfo[]): object {
  const services = infos.map((info) => [info.Config.Labels[LABEL.service] ?? "", serviceOf(info)] as const);
  const networks = [...new Set(services.flatMap(([, { networks }]) => networks))];
  const volumes = [...new Set(infos.flatMap(({ Mounts }) => Mounts.map(({ Name = "" }) => Name)))];
  return {
    services: Object.fromEntries(services),
    networks: Object.fromEntries(networks.map((name) => [name, {}])),
    volumes: Object.fromEntries(volumes.map((name) => [name, { external: true, name }])),
  };
}

/** The data of Postgres and Redis belongs to the servers that run on it; these get room in memory. */
const DATA = ["/var/lib/postgresql/data", "/data"];

function serviceOf({ Config, HostConfig, Mounts, NetworkSettings }: Docker.ContainerInspectInfo) {
  const [uid, gid] = Config.User.split(":");
  const shared = Mounts.filter(({ Destination }) => !DATA.includes(Destination));
  const room = DATA.map((path) => `${path}:uid=${uid},gid=${gid},mode=0700`);
  const tmpfs = Object.entries((HostConfig.Tmpfs ?? {}) as Record<string, string>).map((entry) => entry.join(":"));
  return {
    image: Config.Image,
    ...(Config.Cmd && { command: escaped(Config.Cmd) }),
    ...(Config.Entrypoint && { entrypoint: escaped([Config.Entrypoint].flat()) }),
    user: Config.User,
    environment: escaped(Config.Env),
    mem_limit: HostConfig.Memory ?? 0,
    cpus: (HostConfig.NanoCpus ?? 0) / 1e9,
    pids_limit: HostConfig.PidsLimit ?? 0,
    read_only: true,
    restart: "unless-stopped",
    tmpfs: [...tmpfs, ...room],
    volumes: shared.map(({ Name, Destination }) => `${Name}:${Destination}`),
    networks: Object.keys(NetworkSettings.Networks).map((name) => name.split("-").at(-1) ?? name),
  };
}

/** Compose replaces $NAME by variables of its own. */
function escaped(texts: readonly string[] | null): string[] {
  return (texts ?? []).map((text) => text.replaceAll("$", "$$$$"));
}
