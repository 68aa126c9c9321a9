import type Docker from "dockerode";
import { differences } from "../lib/audit/manifest.ts";
import { belongsTo, type Seen, type SeenContainer } from "../lib/audit/seen.ts";
import { isCrashing } from "../lib/audit/state.ts";
import { SECRETS_DIRECTORY } from "../lib/container-args.ts";
import { lastWords } from "../lib/log-lines.ts";
import { LABEL, labelFilter, type StackId, stackLabels } from "../lib/names.ts";
import { isStatus } from "./command.ts";
import { exec, lastLogLines } from "./exec.ts";
import { readFiles } from "./archive.ts";

/** Commands by service that look inside its containers. */
export type Checks = Readonly<Record<string, readonly string[]>>;

/**
 * Looks at a stack's containers: one list, then everything else side by side. Changes nothing. A container that goes
 * while it is looked at is left out.
 */
export async function observe(engine: Docker, id: StackId, checks: Checks): Promise<Seen> {
  const [all, volumes, { NCPU }] = await Promise.all([
    engine.listContainers({ all: true }),
    listVolumes(engine, id),
    engine.info() as Promise<Info>,
  ]);
  const at = new Date();
  const own = all.filter(({ Labels }) => belongsTo(id, Labels));
  const look = new Look(engine, checks, at);
  const containers = await Promise.all(own.map(({ Id }) => look.at(Id)));
  const strangers = all.filter((container) => !own.includes(container));
  return { at, containers: containers.filter((one) => one !== undefined), strangers, volumes, cpus: NCPU };
}

async function listVolumes(engine: Docker, id: StackId): Promise<string[]> {
  const filters = { label: labelFilter(stackLabels(id)) };
  const { Volumes } = await engine.listVolumes({ filters: JSON.stringify(filters) as never });
  return (Volumes ?? []).map(({ Name }) => Name);
}

/** The one thing that is read of the engine's description of its host. */
interface Info {
  readonly NCPU: number;
}

/** One look at the host: what several containers share is read once. */
class Look {
  private readonly volumes = new Map<string, Promise<string[]>>();

  constructor(
    private readonly engine: Docker,
    private readonly checks: Checks,
    private readonly now: Date,
  ) {}

  async at(id: string): Promise<SeenContainer | undefined> {
    const container = this.engine.getContainer(id);
    try {
      const info = await container.inspect();
      const parts = [this.words(container, info), this.report(container, info), this.secrets(container, info)] as const;
      const [lastWords, report, secrets] = await Promise.all(parts);
      return { info, lastWords, report, secrets };
    } catch (error) {
      if (isStatus(error, 404)) return undefined;
      throw error;
    }
  }

  private async words(container: Docker.Container, info: Docker.ContainerInspectInfo): Promise<string> {
    const isWell = info.State.Running && !isCrashing(info, this.now);
    return isWell ? "" : lastWords(await lastLogLines(container, 50));
  }

  private async report(container: Docker.Container, { State, Config }: Docker.ContainerInspectInfo): Promise<string> {
    const check = this.checks[Config.Labels[LABEL.service] ?? ""];
    if (!check || !State.Running || State.Paused || State.Restarting) return "";
    try {
      const { exitCode, output } = await exec(container, check);
      // A container without the tools for its check, or one that ends under it, has nothing to report.
      return exitCode === 0 ? output : "";
    } catch (error) {
      if (isStatus(error, 409)) return "";
      throw error;
    }
  }

  private secrets(container: Docker.Container, { Mounts }: Docker.ContainerInspectInfo): Promise<string[]> {
    const volume = Mounts.find(({ Destination }) => Destination === SECRETS_DIRECTORY)?.Name;
    if (volume === undefined) return Promise.resolve([]);
    const known = this.volumes.get(volume) ?? readFiles(container, SECRETS_DIRECTORY).then(differences);
    this.volumes.set(volume, known);
    return known;
  }
}
