import type { StackId } from "../../components/lib/names.ts";
import { root } from "./folders.ts";
import { chosenBackend, repairBackend } from "./backend.ts";
import { wasInterrupted } from "./interrupt.ts";
import { EXIT, Refusal } from "./outcome.ts";
import { run } from "./run.ts";
import { runCli } from "./run-cli.ts";
import { beginRun, endRun } from "./run-record.ts";
import { held, lastRun } from "./unfinished.ts";

/** The Pulumi commands that quickstart is made of. */
export class Stack {
  readonly id: StackId;
  private readonly env: Record<string, string>;

  constructor(id: StackId, env: Record<string, string>) {
    this.id = id;
    this.env = env;
  }

  /** Creates the stack where it is new, and puts it in order after a run that was cut off. */
  async prepare(endpoint: string): Promise<void> {
    // First, because a state that cannot be read cannot be selected.
    this.lastRun();
    await this.select();
    await this.mend(endpoint);
  }

  /**
   * Puts the stack in order after a run that was cut off, where one was.
   * @throws Refusal where a run is under way.
   */
  async mend(endpoint: string): Promise<void> {
    const last = this.lastRun();
    if (last === "done") return;
    if ("heldBy" in last) throw held(this.id.stack, last.heldBy);
    // Loaded here, because most runs need none of it.
    const { mend } = await import("./mend.ts");
    await mend(this.id, endpoint, last, (...args) => this.quiet(...args));
  }

  /** What a preview has to say of a run that was cut off: it shows a state that is in doubt, and mends nothing. */
  warnOfCutOff(): void {
    const last = this.lastRun();
    if (last !== "done" && "isLocked" in last && (last.isLocked || last.since === undefined))
      console.error(`Stack ${this.id.stack}: the last run was cut off; the next up first mends what it left`);
  }

  /** How the last run ended; where it was cut off, the state can be read when this is known. */
  private lastRun(): ReturnType<typeof lastRun> {
    const env = { ...process.env, ...this.env };
    const last = lastRun(this.id, env);
    if (last !== "done" && "isLocked" in last) repairBackend(this.id, chosenBackend(env));
    return last;
  }

  up(): Promise<void> {
    return this.show("up", "--yes", "--skip-preview");
  }

  /** Removes everything but data and the passwords that belong to it. */
  down(): Promise<void> {
    return this.show("destroy", "--yes", "--skip-preview", "--exclude-protected");
  }

  /** Removes everything, data too, and forgets the stack; its settings file stays. */
  async erase(): Promise<void> {
    await this.quiet("state", "unprotect", "--all", "--yes");
    await this.show("destroy", "--yes", "--skip-preview");
    await this.quiet("stack", "rm", "--yes", "--preserve-config");
  }

  async output(name: string): Promise<string> {
    return (await this.quiet("stack", "output", name)).trim();
  }

  private async select(): Promise<void> {
    try {
      await this.quiet("stack", "select", "--create");
    } catch (error) {
      if (!(error as Error).message.includes("incorrect passphrase")) throw error;
      const remedy = "restore the passphrase that it was made with, or remove the line if the file holds no secrets";
      throw new Error(`encryptionsalt in Pulumi.${this.id.stack}.yaml belongs to another passphrase; ${remedy}`, {
        cause: error,
      });
    }
  }

  private quiet(...args: string[]): Promise<string> {
    return run("pulumi", [...args, "--stack", this.id.stack, "--non-interactive"], { cwd: root, env: this.env });
  }

  /** With Pulumi's own progress, which on a terminal is a live tree. */
  private async show(...args: string[]): Promise<void> {
    const code = await this.change([...args, "--stack", this.id.stack, "--suppress-progress"]);
    if (code !== 0) throw failed(args[0] ?? "", code, this.id.stack);
  }

  /**
   * Runs a command of the CLI that changes the stack, and writes down that it does until it has done so.
   * @returns the CLI's exit code.
   * @throws Refusal where somebody interrupted it.
   */
  async change(args: readonly string[]): Promise<number> {
    beginRun(this.id);
    const code = await runCli(args, this.env);
    if (code === 0) endRun(this.id);
    else if (wasInterrupted() || code === 128 + 9) throw cutOff(this.id.stack, code);
    return code;
  }
}

function failed(command: string, code: number, stack: string): Error {
  const remedy = `correct what is named above and run this again, or look with: npm run pulumi -- stack --stack ${stack}`;
  return new Error(`pulumi ${command} failed with exit code ${code}; ${remedy}`);
}

function cutOff(stack: string, code: number): Refusal {
  const what = `stack ${stack}: ${wasInterrupted() ? "interrupted" : "pulumi was killed"} before all was done`;
  const remedy = "what served before still does; run this again, it first mends what was left";
  return new Refusal(wasInterrupted() ? EXIT.interrupted : code, `${what}; ${remedy}`);
}
