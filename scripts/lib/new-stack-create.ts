import { randomBytes } from "node:crypto";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { backendFolder } from "./backend.ts";
import { root } from "./folders.ts";
import { INTERRUPTED, wasInterrupted } from "./interrupt.ts";
import { type Encrypted, type NewStack, renderStackFile, secretNames } from "./new-stack.ts";
import { EXIT, Refusal } from "./outcome.ts";
import { attempt, run } from "./run.ts";

type Variables = Readonly<Record<string, string>>;

/**
 * Makes a stack: first in the backend, its file last. What fails on the way, or is interrupted, takes the stack back.
 * The CLI works on a copy of the project, where it may write its own stack file: it drops the blank lines of ours.
 * @throws Refusal where the backend has such a stack already, or it was interrupted.
 */
export async function createStack(from: NewStack, toolchain: Variables): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "onehost-new-"));
  try {
    copyFileSync(join(root, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
    const cli = new ProjectCopy(from, folder, {
      ...toolchain,
      ...backendFromAnywhere({ ...process.env, ...toolchain }),
    });
    await cli.init();
    await cli.orRemoved(async () => {
      for (const [name, value] of Object.entries(secretValues(from))) await cli.encrypt(name, value);
      const file = join(root, `Pulumi.${from.stack}.yaml`);
      writeFileSync(file, renderStackFile(from, cli.encrypted()), { flag: "wx" });
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A file backend may be named as seen from the checkout, and the CLI runs elsewhere. */
function backendFromAnywhere({ PULUMI_BACKEND_URL: url }: NodeJS.ProcessEnv): Record<string, string> {
  const folder = backendFolder(url);
  if (url === undefined || folder === undefined) return {};
  const query = url.includes("?") ? url.slice(url.indexOf("?")) : "";
  return { PULUMI_BACKEND_URL: `file://${folder}${query}` };
}

/** 256 bits for each one that is generated; the others as the environment has them. */
function secretValues(from: NewStack): Record<string, string> {
  const isGenerated = (name: string): boolean => from.secrets.generated.includes(name);
  const value = (name: string): string =>
    isGenerated(name) ? randomBytes(32).toString("base64url") : (process.env[name] as string);
  return Object.fromEntries(secretNames(from).map((name) => [name, value(name)]));
}

/** The CLI in a folder that has the project's file and nothing else. */
class ProjectCopy {
  constructor(
    private readonly from: NewStack,
    private readonly folder: string,
    private readonly env: Record<string, string>,
  ) {}

  async init(): Promise<void> {
    const { stack } = this.from;
    const { code, output } = await attempt("pulumi", this.args("stack", "init", "--no-select"), this.options());
    if (code !== 0 && output.includes("already exists")) throw alreadyThere(stack);
    if (code !== 0) throw new Error(`pulumi stack init failed with exit code ${code}\n${output.trim()}`);
  }

  /** The value goes through stdin: a command line is there for everybody to see. */
  async encrypt(name: string, input: string): Promise<void> {
    if (wasInterrupted()) throw new Error(INTERRUPTED);
    const path = `${this.from.project}:secrets.${name}`;
    await run("pulumi", this.args("config", "set", "--secret", "--raw", "--path", path), { ...this.options(), input });
  }

  /** What the CLI has written. */
  encrypted(): Encrypted {
    if (wasInterrupted()) throw new Error(INTERRUPTED);
    const text = readFileSync(join(this.folder, `Pulumi.${this.from.stack}.yaml`), "utf8");
    const { config = {}, ...beside } = parse(text) as { config?: Record<string, Encrypted["secrets"]> };
    return { secrets: config[`${this.from.project}:secrets`] ?? {}, beside };
  }

  /** Does the rest, and removes the stack again where that fails. */
  async orRemoved(rest: () => Promise<void>): Promise<void> {
    try {
      await rest();
    } catch (error) {
      await run("pulumi", this.args("stack", "rm", "--yes", "--preserve-config"), this.options());
      throw error;
    }
  }

  private args(...args: string[]): string[] {
    return [...args, "--stack", this.from.stack, "--non-interactive"];
  }

  /** Ctrl-C does not reach the CLI: half a `stack init` could not be told from somebody else's stack. */
  private options(): { cwd: string; env: Record<string, string>; detached: true } {
    return { cwd: this.folder, env: this.env, detached: true };
  }
}

function alreadyThere(stack: string): Refusal {
  const what = `stack ${stack}: is in the backend already, and Pulumi.${stack}.yaml is not here`;
  const remedy = `get that file from where it was made, or remove the stack if it is empty: npm run pulumi -- stack rm ${stack}`;
  return new Refusal(EXIT.failed, `${what}; ${remedy}`);
}
