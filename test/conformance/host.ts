// The Docker host of one case: things that exist before it, hands that change them, eyes that look.
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { type AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import Docker from "dockerode";
import { pack } from "tar-stream";
import type { Json, Props } from "./plugin.ts";

export const docker = new Docker();

const tools = ["sh", "sleep", "true", "false", "echo", "cat"];

/** A root file system of one static busybox; the engine makes an image of it without any registry. */
function busybox(marker: string): NodeJS.ReadableStream | undefined {
  const file = ["/bin/busybox", "/usr/bin/busybox"].find((path) => existsSync(path));
  if (!file) return undefined;
  const tar = pack();
  tar.entry({ name: "bin/busybox", mode: 0o755 }, readFileSync(file));
  for (const tool of tools) tar.entry({ name: `bin/${tool}`, type: "symlink", linkname: "busybox" });
  tar.entry({ name: "marker" }, marker);
  tar.finalize();
  return tar as unknown as NodeJS.ReadableStream;
}

async function works(image: string): Promise<boolean> {
  const container = await docker.createContainer({ Image: image, Cmd: ["true"] });
  try {
    await container.start();
    return ((await container.wait()) as { StatusCode: number }).StatusCode === 0;
  } catch {
    return false;
  } finally {
    await container.remove({ force: true });
  }
}

/** The files of an image that is there already, without its settings, so that they cannot colour the results. */
async function flattened(image: string): Promise<NodeJS.ReadableStream> {
  const container = await docker.createContainer({ Image: image, Cmd: ["true"] });
  const files = await container.export();
  files.on("end", () => void container.remove({ force: true }));
  return files;
}

async function importAs(files: NodeJS.ReadableStream, repo: string, tag: string): Promise<void> {
  // Its types know only the form with a callback.
  const importImage = docker.importImage.bind(docker) as unknown as (
    from: unknown,
    to: object,
  ) => Promise<NodeJS.ReadableStream>;
  const progress = await importImage(files, { repo, tag });
  await new Promise((resolve, reject) =>
    docker.modem.followProgress(progress, (error) => (error ? reject(error) : resolve(0))),
  );
}

/**
 * Makes the two images that cases refer to, `<repo>:1` and `<repo>:2`: from this machine's static busybox, else from
 * the image that CONFORMANCE_IMAGE names, else from the base image that `offline/images` builds.
 */
export async function makeImages(repo: string): Promise<void> {
  for (const tag of ["1", "2"]) {
    const small = busybox(tag);
    if (small) await importAs(small, repo, tag);
    if (small && (await works(`${repo}:${tag}`))) continue;
    const base = process.env.CONFORMANCE_IMAGE ?? "onehost/base:bookworm";
    await importAs(await flattened(base), repo, tag);
    if (!(await works(`${repo}:${tag}`))) {
      throw new Error(
        `no image to test with: install busybox-static, or name one with sh and sleep in CONFORMANCE_IMAGE`,
      );
    }
  }
}

export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

const pick = (from: Props, keys: string[]): Props => Object.fromEntries(keys.map((key) => [key, from[key] ?? null]));

const config =
  "Cmd Entrypoint Env User WorkingDir Domainname Labels Healthcheck StopSignal StopTimeout ExposedPorts Tty OpenStdin";
const hostConfig =
  "NetworkMode PortBindings RestartPolicy AutoRemove Mounts CapAdd CapDrop Dns DnsOptions DnsSearch ExtraHosts GroupAdd " +
  "Privileged PublishAllPorts ReadonlyRootfs SecurityOpt Tmpfs ShmSize Init Memory MemoryReservation MemorySwap NanoCpus " +
  "CpuShares CpusetCpus LogConfig Sysctls PidMode UsernsMode";

async function lookAtContainer(id: string): Promise<Props> {
  const found = (await docker.getContainer(id).inspect()) as unknown as Record<string, Props>;
  const networks = Object.entries(found.NetworkSettings!.Networks as Record<string, Props>);
  return {
    ...pick(found.Config!, config.split(" ")),
    Env: [...((found.Config!.Env ?? []) as string[])].sort(),
    ...pick(found.HostConfig!, hostConfig.split(" ")),
    // The engine adds the container's short id to the aliases; newer ones no longer do.
    Networks: Object.fromEntries(
      networks.map(([name, n]) => [name, ((n.Aliases ?? []) as string[]).filter((a) => !id.startsWith(a))]),
    ),
    Running: found.State!.Running!,
  };
}

/** What really is on the host, as far as a program can have asked for it; null where there is nothing. */
export async function look(type: string, id: string): Promise<Json> {
  if (id === "") return null;
  const kind = type.split(":").at(-1);
  try {
    if (kind === "Container") return await lookAtContainer(id);
    if (kind === "Network") {
      return pick((await docker.getNetwork(id).inspect()) as unknown as Props, [
        "Driver",
        "Internal",
        "Attachable",
        "EnableIPv6",
        "Options",
        "Labels",
      ]);
    }
    if (kind === "Volume")
      return pick((await docker.getVolume(id).inspect()) as unknown as Props, ["Driver", "Labels", "Options"]);
    if (kind === "Image") return await lookAtImage(id);
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== 404) throw error;
  }
  return null;
}

async function lookAtImage(name: string): Promise<Props> {
  const found = (await docker.getImage(name).inspect()) as unknown as Record<string, Props>;
  return { ...pick(found, ["Id", "Architecture", "Os"]), ...pick(found.Config!, ["Labels", "Cmd"]) };
}

interface EngineEvent {
  readonly id: string;
  readonly Action: string;
  readonly Actor: { readonly Attributes: Readonly<Record<string, string>> };
}

/** Listens to how containers end. Asking afterwards would not do: the engine remembers 256 events, and no more. */
export class Endings {
  private readonly events: EngineEvent[] = [];

  private constructor(private readonly stream: NodeJS.ReadableStream & { destroy(): void }) {
    const lines = createInterface(stream);
    lines.on("line", (line) => this.events.push(JSON.parse(line) as EngineEvent));
  }

  static async listen(): Promise<Endings> {
    const filters = { type: ["container"], event: ["kill", "die", "destroy"] };
    return new Endings((await docker.getEvents({ filters } as object)) as never);
  }

  /** The signals that a container was sent, in their order, and its exit code, or codes, once it is removed. */
  async of(container: string): Promise<Props> {
    const mine = () => this.events.filter(({ id }) => id === container);
    for (let round = 0; round < 300 && !mine().some(({ Action }) => Action === "destroy"); round++)
      await new Promise((resolve) => setTimeout(resolve, 100));
    const told = (action: string, key: string) =>
      mine()
        .filter(({ Action }) => Action === action)
        .map(({ Actor }) => Actor.Attributes[key] ?? "");
    return { signals: told("kill", "signal"), exitCodes: [...new Set(told("die", "exitCode"))] };
  }

  stop(): void {
    this.stream.destroy();
  }
}

/** Waits until a container is in a state that it comes to by itself; asks ten times a second, for half a minute. */
async function waitFor(id: string, path: string, value: unknown): Promise<void> {
  for (let round = 0; round < 300; round++) {
    const found = (await docker.getContainer(id).inspect()) as unknown as Props;
    const at = path.split(".").reduce<Json>((inner, key) => (inner as Props)?.[key] ?? null, found);
    if (at === value || (value === "more than 4" && Number(at) > 4)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${path} does not become ${JSON.stringify(value)}`);
}

/** A step that somebody takes on the host by hand. */
export type Act = [name: string, ...args: Json[]];

const run = (name: string, image: string, more: object = {}) =>
  docker
    .createContainer({ name, Image: image, Cmd: ["sleep", "1000"], ...more })
    .then((container) => container.start());

const acts: Record<string, (id: string, image: string, ...args: never[]) => Promise<unknown>> = {
  stop: (id) => docker.getContainer(id).stop({ t: 0 }),
  start: (id) => docker.getContainer(id).start(),
  kill: (id, _, signal: string) => docker.getContainer(id).kill({ signal }),
  waitFor: (id, _, path: string, value: Json) => waitFor(id, path, value),
  write: (_, __, path: string, content: string) => Promise.resolve(writeFileSync(path, content)),
  chmod: (_, __, path: string, mode: number) => Promise.resolve(chmodSync(path, mode)),
  removeFile: (_, __, path: string) => Promise.resolve(rmSync(path)),
  pause: (id) => docker.getContainer(id).pause(),
  update: (id, _, settings: object) => docker.getContainer(id).update(settings),
  removeContainer: (id) => docker.getContainer(id).remove({ force: true }),
  removeNetwork: (id, _, name = "" as never) => docker.getNetwork(name || id).remove(),
  makeNetwork: (_, __, options: object) => docker.createNetwork(options as never),
  makeVolume: (_, __, options: object) => docker.createVolume(options),
  removeVolume: (id) => docker.getVolume(id).remove(),
  connect: (id, _, network: string) => docker.getNetwork(network).connect({ Container: id }),
  disconnect: (id, _, network: string) => docker.getNetwork(network).disconnect({ Container: id, Force: true }),
  rename: (id, _, name: string) => docker.getContainer(id).rename({ name }),
  tag: (_, __, from: string, repo: string, tag: string) => docker.getImage(from).tag({ repo, tag }),
  untag: (_, __, name: string) => docker.getImage(name).remove({ force: true }),
  occupyName: (_, image, name: string) => run(name, image),
  occupyPort: (_, image, name: string, port: number) =>
    run(name, image, {
      HostConfig: { PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: String(port) }] } },
      ExposedPorts: { "80/tcp": {} },
    }),
  occupySubnet: (_, __, name: string, subnet: string) =>
    docker.createNetwork({ Name: name, IPAM: { Config: [{ Subnet: subnet }] } }),
  useNetwork: (id, image, name: string) => run(name, image, { HostConfig: { NetworkMode: id } }),
  removeOtherVolume: (_, __, name: string) => docker.getVolume(name).remove(),
  useVolume: (id, image, name: string) => run(name, image, { HostConfig: { Binds: [`${id}:/data`] } }),
  removeOther: (_, __, name: string) => docker.getContainer(name).remove({ force: true }),
};

export async function act([name, ...args]: Act, id: string, image: string): Promise<void> {
  const step = acts[name];
  if (!step) throw new Error(`unknown host step "${name}"`);
  // Without an id dockerode would ask for a list, be redirected, and follow to a host named "containers".
  if (id === "" && step.toString().startsWith("(id")) throw new Error(`"${name}": there is nothing to do it to`);
  await step(id, image, ...(args as never[]));
}

/** Removes everything whose name begins with the run's prefix. */
export async function cleanUp(prefix: string): Promise<void> {
  const filters = { name: [prefix] };
  for (const { Id } of await docker.listContainers({ all: true, filters }))
    await docker
      .getContainer(Id)
      .remove({ force: true, v: true })
      .catch(() => {});
  for (const { Id } of await docker.listNetworks({ filters }))
    await docker
      .getNetwork(Id)
      .remove()
      .catch(() => {});
  for (const { Name } of (await docker.listVolumes({ filters })).Volumes)
    await docker
      .getVolume(Name)
      .remove()
      .catch(() => {});
  for (const { RepoTags } of await docker.listImages()) {
    for (const tag of (RepoTags ?? []).filter((t) => t.startsWith(prefix)))
      await docker
        .getImage(tag)
        .remove({ force: true })
        .catch(() => {});
  }
}
