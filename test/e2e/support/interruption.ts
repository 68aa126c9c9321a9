import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { root, type Run, type TestStack } from "./stack.ts";

/** An event of the Docker Engine, as far as a moment is told by it. */
export interface EngineEvent {
  readonly Type: string;
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
}

/** When a run is interrupted: at the first event of the engine that is meant, or the first output that says it. */
export type Moment = RegExp | ((event: EngineEvent) => boolean);

/** What happens to the run. */
export type Blow = (child: ChildProcess) => Promise<void>;

/** Ctrl-C: the terminal sends it to the whole foreground group. */
export const ctrlC: Blow = (child) => {
  process.kill(-pidOf(child), "SIGINT");
  return Promise.resolve();
};

export const ctrlCTwice: Blow = async (child) => {
  await ctrlC(child);
  await sleep(300);
  await ctrlC(child);
};

/** The power goes, as far as the run is concerned: scripts, CLI, plugins and what they started. */
export const killAll: Blow = async (child) => {
  // Held first: the list of processes takes a moment to read.
  process.kill(-pidOf(child), "SIGSTOP");
  for (const { pid } of await descendants(pidOf(child))) kill(pid);
};

/** Only the CLI, as the kernel does where memory is short: plugins and our scripts go on. */
export const killCli: Blow = async (child) => {
  const cli = (await descendants(pidOf(child))).find(({ command }) => command === "pulumi");
  if (cli === undefined) throw new Error("no pulumi among the run's processes");
  kill(cli.pid);
};

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error("the run did not start");
  return pid;
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** A process and all that came from it, parents first. */
async function descendants(pid: number): Promise<Process[]> {
  const { stdout } = await execa("ps", ["-eo", "pid=,ppid=,comm="]);
  const all = stdout.split("\n").map((line) => line.trim().split(/\s+/));
  const processes = all.map(([id, parent, command = ""]) => ({ pid: Number(id), parent: Number(parent), command }));
  const found = processes.filter((one) => one.pid === pid);
  for (const { pid: parent } of found) found.push(...processes.filter((one) => one.parent === parent));
  return found;
}

/** Runs a command in a process group of its own, as a shell does, and strikes at the moment. */
export async function interrupted(
  stack: TestStack,
  command: readonly string[],
  moment: Moment,
  blow: Blow,
): Promise<Run> {
  const events = (await stack.engine.getEvents()) as NodeJS.ReadableStream & { destroy(): void };
  const [program = "", ...args] = command;
  const env = { ...process.env, ...stack.environment() };
  const child = spawn(program, args, { cwd: root, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const struck = new Strike(child, blow);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (moment instanceof RegExp && moment.test(output)) struck.now();
    });
  createInterface({ input: events }).on("line", (line) => {
    if (!(moment instanceof RegExp) && moment(JSON.parse(line) as EngineEvent)) struck.now();
  });
  const exitCode = await new Promise<number>((resolve) => child.on("exit", (code) => resolve(code ?? 137)));
  events.destroy();
  await struck.done(output);
  return { exitCode, output };
}

/** The blow, which falls once. */
class Strike {
  private falling: Promise<void> | undefined;

  constructor(
    private readonly child: ChildProcess,
    private readonly blow: Blow,
  ) {}

  now(): void {
    this.falling ??= this.blow(this.child);
  }

  /** @throws Error where the moment never came. */
  async done(output: string): Promise<void> {
    if (this.falling === undefined) throw new Error(`the run ended before the moment came\n${output}`);
    await this.falling;
  }
}
