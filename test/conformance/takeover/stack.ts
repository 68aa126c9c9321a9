// A stack of the takeover program in a folder of its own, run with the plugins of one's choice.
import { chmodSync, cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { execa } from "execa";

const clone = resolve(import.meta.dirname, "../../..");

export class Stack {
  readonly folder = mkdtempSync(join(tmpdir(), "takeover-"));

  private constructor() {}

  static async create(): Promise<Stack> {
    const stack = new Stack();
    cpSync(join(import.meta.dirname, "program"), stack.folder, { recursive: true });
    // The build context's digest knows modes, and a clone's depend on the umask.
    chmodSync(join(stack.folder, "context/Dockerfile"), 0o644);
    symlinkSync(join(clone, "node_modules"), join(stack.folder, "node_modules"));
    await stack.pulumi("", "stack", "init", "test");
    return stack;
  }

  /** Runs the CLI with the plugins of that folder and returns what it prints; fails as the CLI does. */
  async pulumi(plugins: string, ...args: string[]): Promise<string> {
    const env = {
      PATH: [plugins, process.env.PATH].filter(Boolean).join(delimiter),
      PULUMI_BACKEND_URL: `file://${this.folder}`,
      PULUMI_CONFIG_PASSPHRASE: "conformance",
      PULUMI_SKIP_UPDATE_CHECK: "1",
    };
    const run = await execa("pulumi", [...args, "--non-interactive"], {
      cwd: this.folder,
      env,
      all: true,
      reject: false,
    });
    if (run.exitCode !== 0) throw new Error(`pulumi ${args.join(" ")} exited with ${run.exitCode}\n${run.all}`);
    return run.all;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
