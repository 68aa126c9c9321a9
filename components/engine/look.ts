import { Readable } from "node:stream";
import type Docker from "dockerode";
import type { Probes } from "../lib/audit/declared.ts";
import { differences } from "../lib/audit/manifest.ts";
import type { SeenContainer } from "../lib/audit/seen.ts";
import { isCrashing } from "../lib/audit/state.ts";
import { SECRETS_DIRECTORY } from "../lib/container-args.ts";
import { lastWords } from "../lib/log-lines.ts";
import { LABEL } from "../lib/names.ts";
import { filesOf, readFiles } from "./archive.ts";
import { isStatus } from "./command.ts";
import { lastEnding, type Starved } from "./ending.ts";
import { exec, type ExecResult, lastLogLines } from "./exec.ts";
import { isHalted } from "./init-process.ts";

type Info = Docker.ContainerInspectInfo;

/** What is asked inside a service's containers. */
export interface Questions {
  /** Commands by service that print what they find. */
  readonly checks: Readonly<Record<string, readonly string[]>>;
  /** Commands by service that end with 0 when it is ready. */
  readonly probes: Probes;
}

/** What a container's check found, and whether its secrets are as they were written, where it could tell. */
interface Checked {
  readonly report: string;
  readonly areSecretsIntact: boolean;
}

const NEVER = new Date(0);

/** A process that hangs must not hang a preview. */
const PATIENCE_MILLISECONDS = 6000;

/**
 * Runs a check, and before it prints the archive of the secrets, up to an empty line. An archive asked of the engine
 * takes it 40 to 75 ms, in which the container's lock keeps every other question about it waiting.
 */
const SECRETS_FIRST = `tar -cf - -C ${SECRETS_DIRECTORY} . 2> /dev/null | base64; echo; exec "$@"`;

/** One look at the host: what several containers share is read once. */
export class Look {
  private readonly volumes = new Map<string, Promise<string[]>>();

  constructor(
    private readonly engine: Docker,
    private readonly questions: Questions,
    private readonly starved: Promise<Starved>,
    private readonly now: Date,
  ) {}

  /** A container, asked all that there is to ask, at once; undefined where it goes meanwhile. */
  async at(id: string): Promise<SeenContainer | undefined> {
    const container = this.engine.getContainer(id);
    try {
      return await this.ask(container, await container.inspect());
    } catch (error) {
      if (isStatus(error, 404)) return undefined;
      throw error;
    }
  }

  private async ask(container: Docker.Container, info: Info): Promise<SeenContainer> {
    const checked = this.check(container, info);
    const [lastWords, halted, starved, { report }, probed, secrets] = await Promise.all([
      this.words(container, info),
      isHalted(info),
      this.starved,
      checked,
      this.probe(container, info),
      this.secrets(container, info, checked),
    ]);
    const isStarved = (starved.get(container.id) ?? NEVER) > new Date(info.State.StartedAt);
    const ending = isCrashing(info, this.now) ? await lastEnding(this.engine, container.id, this.now) : undefined;
    const seen = { info, lastWords, isHalted: halted, isStarved, report: report + probed, secrets };
    return { ...seen, ...(ending && { ending }) };
  }

  private async words(container: Docker.Container, info: Info): Promise<string> {
    const isWell = info.State.Running && !isCrashing(info, this.now);
    return isWell ? "" : lastWords(await lastLogLines(container, 50));
  }

  /** A container without the tools for its check has nothing to report. */
  private async check(container: Docker.Container, info: Info): Promise<Checked> {
    const { [serviceOf(info)]: check } = this.questions.checks;
    if (!check || !answers(info)) return { report: "", areSecretsIntact: false };
    const hasSecrets = secretsVolume(info) !== undefined;
    const command = hasSecrets ? ["sh", "-c", SECRETS_FIRST, "sh", ...check] : check;
    const { exitCode, output } = await execIfRunning(container, command);
    const [archive, report] = hasSecrets ? parted(output) : ["", output];
    return { report: exitCode === 0 ? report : "", areSecretsIntact: hasSecrets && (await isIntact(archive)) };
  }

  private async probe(container: Docker.Container, info: Info): Promise<string> {
    const service = serviceOf(info);
    const { [service]: probes = [] } = this.questions.probes;
    if (!answers(info)) return "";
    return (await Promise.all(probes.map((probe) => runProbe(container, service, probe)))).join("");
  }

  private async secrets(container: Docker.Container, info: Info, checked: Promise<Checked>): Promise<string[]> {
    const volume = secretsVolume(info);
    if (volume === undefined || (await checked).areSecretsIntact) return [];
    const known = this.volumes.get(volume) ?? readFiles(container, SECRETS_DIRECTORY).then(differences);
    this.volumes.set(volume, known);
    return known;
  }
}

const serviceOf = ({ Config }: Info): string => Config.Labels[LABEL.service] ?? "";

/** Whether somebody answers inside: not while it is paused, ended, or between two starts. */
const answers = ({ State }: Info): boolean => State.Running && !State.Paused && !State.Restarting;

function secretsVolume({ Mounts }: Info): string | undefined {
  return Mounts.find(({ Destination }) => Destination === SECRETS_DIRECTORY)?.Name;
}

/** What comes before the first empty line, and what behind it. */
function parted(output: string): [string, string] {
  const blank = /^\n|\n\n/.exec(output);
  const end = blank ? blank.index + blank[0].length : output.length;
  return [output.slice(0, end), output.slice(end)];
}

/** Whether an archive holds the files just as they were written. One that cannot be read says nothing: then no. */
async function isIntact(base64: string): Promise<boolean> {
  const archive = Readable.from(Buffer.from(base64, "base64"));
  const files = await filesOf(archive).catch(() => []);
  return differences(files).length === 0;
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
