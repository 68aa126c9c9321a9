// What people do to a stack's host behind its back, through the same API that the docker command speaks.
import assert from "node:assert/strict";
import type Docker from "dockerode";
import { exec } from "../../../components/engine/exec.ts";
import { passwordOf, query, redis } from "./data.ts";
import type { TestStack } from "./stack.ts";

type Endpoint = [string, { Aliases: string[] }];

/** Containers of rolling services have no alias: the edge knows them by their names. */
const isRolling = (name: string): boolean => /-[0-9a-f]{7}$/.test(name);

/** A stack's host in the hands of people. */
export class HostByHand {
  constructor(
    readonly stack: TestStack,
    /** An image with a shell, whatever it is for. */
    private readonly image: string,
  ) {}

  get engine(): Docker {
    return this.stack.engine;
  }

  nameOf(part: string): string {
    return `onehost-${this.stack.name}-${part}`;
  }

  /** A container by its resource: "redis", "backend-0". */
  async container(resource: string): Promise<Docker.Container> {
    const name = new RegExp(`^/${this.nameOf(resource)}(-[0-9a-f]{7})?$`);
    const found = (await this.engine.listContainers({ all: true })).find(({ Names }) =>
      Names.some((one) => name.test(one)),
    );
    if (!found) throw new Error(`no container of ${resource}`);
    return this.engine.getContainer(found.Id);
  }

  async inspect(resource: string): Promise<Docker.ContainerInspectInfo> {
    return (await this.container(resource)).inspect();
  }

  async update(resource: string, limits: object): Promise<void> {
    await (await this.container(resource)).update(limits);
  }

  async pause(resource: string): Promise<void> {
    await (await this.container(resource)).pause();
  }

  async stop(resource: string): Promise<void> {
    await (await this.container(resource)).stop();
  }

  async kill(resource: string): Promise<void> {
    await (await this.container(resource)).kill();
  }

  /** Sends a signal to process 1, as `docker kill -s` does. */
  async signal(resource: string, signal: string): Promise<void> {
    await (await this.container(resource)).kill({ signal });
  }

  async restart(resource: string): Promise<void> {
    await (await this.container(resource)).restart();
  }

  async rename(resource: string, name: string): Promise<void> {
    await (await this.container(resource)).rename({ name });
  }

  async remove(resource: string): Promise<void> {
    await (await this.container(resource)).remove({ force: true });
  }

  async connect(resource: string, network: string, aliases: string[] = []): Promise<void> {
    const Container = (await this.container(resource)).id;
    await this.engine.getNetwork(network).connect({ Container, EndpointConfig: { Aliases: aliases } });
  }

  async disconnect(resource: string, network: string): Promise<void> {
    const Container = (await this.container(resource)).id;
    await this.engine.getNetwork(network).disconnect({ Container, Force: true });
  }

  /** Runs a shell line inside a container. */
  async inside(resource: string, line: string): Promise<string> {
    const { exitCode, output } = await exec(await this.container(resource), ["sh", "-c", line]);
    assert.equal(exitCode, 0, output);
    return output.trim();
  }

  /** Runs a shell line as root over a volume's files, at /v. */
  async inVolume(volume: string, line: string): Promise<void> {
    const container = await this.start("", {
      Entrypoint: ["sh", "-c", line],
      User: "0:0",
      HostConfig: { Binds: [`${volume}:/v`] },
    });
    const { StatusCode } = (await container.wait()) as { StatusCode: number };
    await container.remove();
    assert.equal(StatusCode, 0, line);
  }

  /** The volume with a container's secrets. */
  async secretsOf(resource: string): Promise<string> {
    const { Mounts } = await this.inspect(resource);
    return Mounts.find(({ Destination }) => Destination === "/run/secrets")?.Name ?? "";
  }

  /** Starts a container that does nothing, unless it is told to. */
  async start(name: string, options: Docker.ContainerCreateOptions = {}): Promise<Docker.Container> {
    const idle = { Image: this.image, Entrypoint: ["sleep", "10000"], ...(name !== "" && { name }) };
    const container = await this.engine.createContainer({ ...idle, ...options });
    await container.start();
    return container;
  }

  /** Removes a container, and makes one of the same name from all that the engine says of it, as updaters of images do. */
  async clone(resource: string): Promise<void> {
    const { Name, Config, HostConfig, NetworkSettings } = await this.inspect(resource);
    const [[first, { Aliases }], ...others] = Object.entries(NetworkSettings.Networks) as unknown as [
      Endpoint,
      ...Endpoint[],
    ];
    const endpoint = { Aliases: Aliases.slice(0, 1) };
    await this.remove(resource);
    const container = await this.engine.createContainer({
      ...Config,
      ...{ name: Name.slice(1), Hostname: "", HostConfig: { ...HostConfig, NetworkMode: first } },
      NetworkingConfig: { EndpointsConfig: { [first]: endpoint } },
    });
    for (const [network] of others)
      await this.engine.getNetwork(network).connect({ Container: container.id, EndpointConfig: endpoint });
    await container.start();
  }

  /** Names of the containers on a network. */
  private async namesOn(network: string): Promise<string[]> {
    const { Containers } = await this.engine.getNetwork(network).inspect();
    return Object.values(Containers ?? {}).map(({ Name }) => Name);
  }

  /** Removes a network, whoever is on it. */
  async removeNetwork(name: string): Promise<void> {
    for (const Container of await this.namesOn(name))
      await this.engine.getNetwork(name).disconnect({ Container, Force: true });
    await this.engine.getNetwork(name).remove();
  }

  /** Removes a network, and makes one that differs in a single option, labels and members included. */
  async renewNetwork(name: string): Promise<void> {
    const { Labels, Options } = await this.engine.getNetwork(name).inspect();
    const members = await this.namesOn(name);
    await this.removeNetwork(name);
    await this.engine.createNetwork({ Name: name, Labels, Options, Internal: true });
    for (const Container of members) {
      const alias = Container.slice(this.nameOf("").length);
      await this.engine
        .getNetwork(name)
        .connect({ Container, EndpointConfig: { Aliases: isRolling(alias) ? [] : [alias] } });
    }
  }

  /** Stops a process without an end: it lives, and does nothing more. */
  async freeze(resource: string, process: string): Promise<void> {
    const pids = `for p in /proc/[0-9]*; do [ "\${p#/proc/}" != 1 ] && tr '\\0' ' ' < $p/cmdline 2>/dev/null | grep -q '^[^ ]*${process}' && kill -STOP "\${p#/proc/}"; done; true`;
    await this.inside(resource, pids);
  }

  sql(statement: string): Promise<string> {
    return query(this.stack, statement);
  }

  redis(...command: string[]): Promise<string> {
    return redis(this.stack, ...command);
  }

  async passwordOf(resource: string): Promise<string> {
    return passwordOf(await this.container(resource));
  }
}
