import type Docker from "dockerode";
import type { Probes } from "../lib/audit/declared.ts";
import { differences } from "../lib/audit/manifest.ts";
import { belongsTo, type Seen, type SeenContainer } from "../lib/audit/seen.ts";
import { isCrashing } from "../lib/audit/state.ts";
import { SECRETS_DIRECTORY } from "../lib/container-args.ts";
import { lastWords } from "../lib/log-lines.ts";
import { LABEL, labelFilter, type StackId, stackLabels } from "../lib/names.ts";
import { isStatus } from "./command.ts";
import { readCapacity } from "./host-capacity.ts";
import { lastEnding } from "./ending.ts";
import { exec, type ExecResult, lastLogLines } from "./exec.ts";
import { readFiles } from "./archive.ts";

/** What is asked inside a service's containers. */
export interface Questions {
  /** Commands by service that print what they find. */
  readonly checks: Readonly<Record<string, readonly string[]>>;
  /** Commands by service that end with 0 when it is ready. */
  readonly probes: Probes;
}

/**
 * Looks at a stack's containers: one list, then everything else side by side. Changes nothing. A container that goes
 * while it is looked at is left out.
 */
export async function observe(engine: Docker, id: StackId, questions: Questions): Promise<Seen> {
  const [all, volumes, networks, capacity] = await Promise.all([
    engine.listContainers({ all: true }),
    listVolumes(engine, id),
    engine.listNetworks(),
    readCapacity(engine),
  ]);
  const at = new Date();
  const own = all.filter(({ Labels }) => belongsTo(id, Labels));
  const look = new Look(engine, questions, at);
  const containers = await Promise.all(own.map(({ Id }) => look.at(Id)));
  const strangers = all.filter((container) => !own.includes(container));
  const foreignNetworks = networks.filter(({ Labels }) => !belongsTo(id, Labels ?? null)).map(({ Name }) => Name);
  const present = containers.filter((one) => one !== undefined);
  return { at, containers: present, strangers, volumes, foreignNetworks, capacity };
}

/** A container without the tools for its check has nothing to report. */
async function runCheck(container: Docker.Container, check: readonly string[]): Promise<string> {
  const { exitCode, output } = await execIfRunning(container, check);
  return exitCode === 0 ? output : "";
}

async function runProbe(container: Docker.Container, service: string, probe: readonly string[]): Promise<string> {
  const { exitCode, output } = await execIfRunning(container, probe);
  const words = output.trim().split("\n").at(-1) ?? "";
  const remedy = `look at what it says, and at its log: npm run logs -- ${service}`;
  return exitCode === 0 ? "" : `readiness\t${words || `${probe[0]} ends with ${exitCode}`}\tready\t${remedy}\n`;
}

/** A container may end, or be paused, under a question. */
async function execIfRunning(container: Docker.Container, command: readonly string[]): Promise<ExecResult> {
  try {
    return await exec(container, command, PATIENCE_MILLISECONDS);
  } catch (error) {
    if (isStatus(error, 409)) return { exitCode: 0, output: "" };
    if (error instanceof Error && !isStatus(error, 404)) return { exitCode: 1, output: error.message };
    throw error;
  }
}

async function listVolumes(engine: Docker, id: StackId): Promise<string[]> {
  const filters = { label: labelFilter(stackLabels(id)) };
  const { Volumes } = await engine.listVolumes({ filters: JSON.stringify(filters) as never });
  return (Volumes ?? []).map(({ Name }) => Name);
}

/** A process that hangs must not hang a preview. */
const PATIENCE_MILLISECONDS = 6000;

/** One look at the host: what several containers share is read once. */
class Look {
  private readonly volumes = new Map<string, Promise<string[]>>();

  constructor(
    private readonly engine: Docker,
    private readonly questions: Questions,
    private readonly now: Date,
  ) {}

  async at(id: string): Promise<SeenContainer | undefined> {
    const container = this.engine.getContainer(id);
    try {
      const info = await container.inspect();
      const parts = [this.words(container, info), this.report(container, info), this.secrets(container, info)] as const;
      const [lastWords, report, secrets] = await Promise.all(parts);
      const ending = isCrashing(info, this.now) ? await lastEnding(this.engine, id, this.now) : undefined;
      return { info, lastWords, report, secrets, ...(ending && { ending }) };
    } catch (error) {
      if (isStatus(error, 404)) return undefined;
      throw error;
    }
  }

  private async words(container: Docker.Container, info: Docker.ContainerInspectInfo): Promise<string> {
    const isWell = info.State.Running && !isCrashing(info, this.now);
    return isWell ? "" : lastWords(await lastLogLines(container, 50));
  }

  /** Nothing where nobody answers: paused, ended, or between two starts. */
  private async report(container: Docker.Container, { State, Config }: Docker.ContainerInspectInfo): Promise<string> {
    const service = Config.Labels[LABEL.service] ?? "";
    const { [service]: check } = this.questions.checks;
    const { [service]: probes = [] } = this.questions.probes;
    if (!State.Running || State.Paused || State.Restarting) return "";
    const reports = [
      ...(check ? [runCheck(container, check)] : []),
      ...probes.map((probe) => runProbe(container, service, probe)),
    ];
    return (await Promise.all(reports)).join("");
  }

  private secrets(container: Docker.Container, { Mounts }: Docker.ContainerInspectInfo): Promise<string[]> {
    const volume = Mounts.find(({ Destination }) => Destination === SECRETS_DIRECTORY)?.Name;
    if (volume === undefined) return Promise.resolve([]);
    const known = this.volumes.get(volume) ?? readFiles(container, SECRETS_DIRECTORY).then(differences);
    this.volumes.set(volume, known);
    return known;
  }
}
