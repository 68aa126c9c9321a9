import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type Docker from "dockerode";
import { execa } from "execa";
import { parse, stringify } from "yaml";
import { connect, LOCAL_SOCKET } from "../../../components/engine/connect.ts";
import { LABEL } from "../../../components/lib/names.ts";

export const root = resolve(import.meta.dirname, "../../..");

/** Settings of the project by key: `{ backend: { image: "…" } }`. */
export type StackSettings = Readonly<Record<string, unknown>>;

/** How a run of a program ended. */
export interface Run {
  readonly exitCode: number;
  /** stdout and stderr together, as a person would have read them, without Pulumi's list of resources. */
  readonly output: string;
}

/** A difference that a preview shows. */
export interface Change {
  readonly op: string;
  /** Logical name of the resource: `backend-0`. */
  readonly name: string;
  /** Properties that differ, where the preview names any. */
  readonly properties: readonly string[];
}

/** Where a stack of the tests lives, if not on this machine's engine. */
export interface Elsewhere {
  /** How the tests themselves look at its engine. */
  readonly engine: Docker;
  /** What the CLI and the scripts need in their environment to reach it. */
  readonly env: Readonly<Record<string, string>>;
}

/** A stack of the tests' own on a real engine, with a state of its own, driven by the real CLI. */
export class TestStack {
  readonly engine: Docker;
  protected readonly file: string;
  private readonly env: Readonly<Record<string, string>>;
  private backend = "";

  constructor(
    readonly name: string,
    elsewhere?: Elsewhere,
  ) {
    this.engine = elsewhere?.engine ?? connect(process.env["DOCKER_HOST"] ?? LOCAL_SOCKET);
    this.env = elsewhere?.env ?? {};
    this.file = join(root, `Pulumi.${name}.yaml`);
  }

  /** An empty state and an empty host, whatever an earlier run left behind. */
  async prepare(settings: StackSettings): Promise<void> {
    this.backend = await mkdtemp(join(tmpdir(), "onehost-e2e-"));
    await rm(this.file, { force: true });
    await this.wipe();
    await this.configure(settings);
  }

  /** Writes the stack file; the CLI's own encryption salt in it stays. */
  async configure(settings: StackSettings): Promise<void> {
    const present = existsSync(this.file) ? ((parse(await readFile(this.file, "utf8")) ?? {}) as object) : {};
    const config = Object.fromEntries(Object.entries(settings).map(([key, value]) => [`onehost:${key}`, value]));
    await writeFile(this.file, stringify({ ...present, config }));
  }

  /** Removes what the tests made: containers, networks, volumes, the stack file and the state. */
  async dispose(): Promise<void> {
    await this.wipe();
    await this.forget();
  }

  /** Removes the stack file and the state, and leaves the host alone. */
  async forget(): Promise<void> {
    await rm(this.file, { force: true });
    await rm(this.backend, { recursive: true, force: true });
  }

  /** The Pulumi CLI that the toolchain put on PATH. */
  async pulumi(...args: string[]): Promise<Run> {
    return this.run("pulumi", [...args, "--stack", this.name, "--non-interactive"]);
  }

  /** Any command, with the stack's environment. */
  async execute(command: string, args: readonly string[]): Promise<Run> {
    return this.run(command, args);
  }

  /** A script of the project, as the README says to call it: it finds out by itself which images its host has. */
  async npmRun(script: string, ...args: string[]): Promise<Run> {
    return this.run("npm", ["run", "--silent", script, "--", ...args], { ONEHOST_IMAGES: undefined });
  }

  async up(): Promise<Run> {
    return this.pulumi("up", "--yes", "--skip-preview");
  }

  /** What a preview shows, refresh included. */
  async changes(): Promise<Change[]> {
    return (await this.preview()).changes;
  }

  /** What a preview shows, with the audit's findings as people read them. */
  async preview(): Promise<{ changes: Change[]; warnings: string[] }> {
    const { exitCode, output } = await this.pulumi("preview", "--json");
    if (exitCode !== 0) throw new Error(output);
    const { steps, diagnostics = [] } = JSON.parse(output.slice(output.indexOf("{"))) as Preview;
    const changes = steps.filter(({ op }) => op !== "same" && op !== "refresh").map(changeOf);
    // The CLI itself says where it found the plugins of a test.
    const said = diagnostics.filter(({ severity, message }) => severity === "warning" && !message.includes("$PATH"));
    return { changes, warnings: said.map(({ message }) => message.replace(/^warning: /, "").trim()) };
  }

  /** The stack's containers, all states, by their names. */
  async containers(): Promise<Docker.ContainerInfo[]> {
    return this.engine.listContainers({ all: true, filters: { label: this.labels() } });
  }

  /** All of the stack's containers. */
  async all(): Promise<Docker.Container[]> {
    return (await this.containers()).map(({ Id }) => this.engine.getContainer(Id));
  }

  /** A container of a service; which one, where there are several, is left open. */
  async one(service: string): Promise<Docker.Container> {
    const [found] = await this.of(service);
    if (!found) throw new Error(`no container of ${service}`);
    return this.engine.getContainer(found.Id);
  }

  /** The containers of some services. */
  async of(...services: string[]): Promise<Docker.ContainerInfo[]> {
    return (await this.containers()).filter(({ Labels }) => services.includes(Labels[LABEL.service] ?? ""));
  }

  /** One entry for each container. */
  async services(): Promise<string[]> {
    return (await this.containers()).map(({ Labels }) => Labels[LABEL.service] ?? "").sort();
  }

  async idsOf(...services: string[]): Promise<string[]> {
    return (await this.of(...services)).map(({ Id }) => Id).sort();
  }

  /** The service of each container, by its id. */
  async ids(): Promise<Record<string, string>> {
    return Object.fromEntries((await this.containers()).map(({ Id, Labels }) => [Id, Labels[LABEL.service] ?? ""]));
  }

  /** The images that some services run, each once. */
  async imagesOf(...services: string[]): Promise<string[]> {
    return [...new Set((await this.of(...services)).map(({ Labels }) => Labels[LABEL.image] ?? ""))];
  }

  /** Names of the stack's volumes. */
  async volumes(): Promise<string[]> {
    const { Volumes } = await this.engine.listVolumes({ filters: JSON.stringify({ label: this.labels() }) as never });
    return (Volumes ?? []).map(({ Name }) => Name).sort();
  }

  async networks(): Promise<string[]> {
    const networks = await this.engine.listNetworks({ filters: { label: this.labels() } });
    return networks.map(({ Name }) => Name).sort();
  }

  /** What a command that works on this stack has in its environment, beside this process's own. */
  environment(): Record<string, string> {
    return { ...this.env, PULUMI_BACKEND_URL: `file://${this.backend}` };
  }

  /** As a state knows them: ids of containers and networks, names of volumes. */
  async objectIds(): Promise<string[]> {
    const networks = await this.engine.listNetworks({ filters: { label: this.labels() } });
    return [...(await this.containers()), ...networks].map(({ Id }) => Id).concat(await this.volumes());
  }

  /** The state, byte by byte. */
  async state(): Promise<string> {
    return readFile(join(this.backend, ".pulumi/stacks/onehost", `${this.name}.json`), "utf8");
  }

  private labels(): string[] {
    return [`${LABEL.project}=onehost`, `${LABEL.stack}=${this.name}`];
  }

  private async run(command: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Run> {
    const env = { ...this.environment(), ...environment };
    const result = await execa(command, args, { cwd: root, env, all: true, reject: false, stdin: "ignore" });
    return { exitCode: result.exitCode ?? 1, output: withoutProgress(result.all) };
  }

  private async wipe(): Promise<void> {
    for (const { Id } of await this.containers()) await this.engine.getContainer(Id).remove({ force: true, v: true });
    for (const volume of await this.volumes()) await this.engine.getVolume(volume).remove();
    for (const network of await this.networks()) await this.engine.getNetwork(network).remove();
  }
}

/** Pulumi's line per resource and state says nothing to a reader of a failed test. */
function withoutProgress(output: string): string {
  const isProgress = (line: string): boolean => /^ {1,4}[~+-]* *[a-z]+:[a-z/]+:\w+ |^@ /.test(line);
  return output
    .split("\n")
    .filter((line) => !isProgress(line))
    .join("\n");
}

interface Preview {
  readonly steps: Step[];
  readonly diagnostics?: { readonly severity: string; readonly message: string }[];
}

interface Step {
  readonly op: string;
  readonly urn: string;
  readonly detailedDiff?: Record<string, unknown> | null;
}

function changeOf({ op, urn, detailedDiff }: Step): Change {
  return { op, name: urn.split("::").at(-1) ?? "", properties: Object.keys(detailedDiff ?? {}).sort() };
}

/** A port of the loopback address that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return port;
}
