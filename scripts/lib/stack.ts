import { spawn } from "node:child_process";
import type { StackId } from "../../components/lib/names.ts";
import { root } from "./folders.ts";
import { judgeLocks, locksOn } from "./lock.ts";
import { EXIT, Refusal } from "./outcome.ts";
import { run } from "./run.ts";

/** The Pulumi commands that quickstart is made of. */
export class Stack {
  readonly id: StackId;
  private readonly env: Record<string, string>;

  constructor(id: StackId, env: Record<string, string>) {
    this.id = id;
    this.env = env;
  }

  /** Creates the stack where it is new, and frees it from a run that was killed. */
  async prepare(): Promise<void> {
    await this.select();
    const backend = this.env.PULUMI_BACKEND_URL ?? process.env.PULUMI_BACKEND_URL;
    const verdict = judgeLocks(locksOn(this.id, backend));
    if (verdict === "free") return;
    if (verdict !== "left behind") throw held(this.id.stack, verdict.heldBy);
    console.log(
      `Stack ${this.id.stack} was left locked by a run that is gone: unlocking it and reading the host again`,
    );
    await this.quiet("cancel", "--yes");
    await this.show("refresh", "--yes", "--skip-preview", "--clear-pending-creates");
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
  private show(...args: string[]): Promise<void> {
    const env = { ...process.env, ...this.env };
    const child = spawn("pulumi", [...args, "--stack", this.id.stack, "--suppress-progress"], {
      cwd: root,
      env,
      stdio: "inherit",
    });
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => (code === 0 ? resolve() : reject(failed(args[0] ?? "", code, this.id.stack))));
    });
  }
}

function held(stack: string, { pid, hostname }: { pid: number; hostname: string }): Refusal {
  const remedy = "wait for it to end, then run this again";
  return new Refusal(EXIT.stackLocked, `stack ${stack} is being changed by process ${pid} on ${hostname}; ${remedy}`);
}

function failed(command: string, code: number | null, stack: string): Error {
  const remedy = `correct what is named above and run this again, or look with: npm run pulumi -- stack --stack ${stack}`;
  const end = code === null ? "was killed" : `failed with exit code ${code}`;
  return new Error(`pulumi ${command} ${end}; ${remedy}`);
}
