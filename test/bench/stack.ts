import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { root } from "../../scripts/lib/folders.ts";
import { run } from "../../scripts/lib/run.ts";
import { buildContext } from "../e2e/support/releases.ts";
import { freePort, type StackSettings, TestStack } from "../e2e/support/stack.ts";
import { BASE_IMAGES } from "../../components/lib/images.ts";
import { grownProject } from "./project.ts";
import type { Timed } from "./timed.ts";

const BACKEND = "onehost-bench/backend:1";
const FRONTEND = "onehost-bench/frontend:1";

/** The sample application's images under names that no other test changes. */
export async function buildImages({ engine }: TestStack): Promise<void> {
  const bases = process.env["ONEHOST_IMAGES"] === "offline" ? BASE_IMAGES.offline : {};
  const folder = (part: string): string => join(root, "examples/sample-app", part);
  await buildContext(engine, folder("backend"), BACKEND, { ...bases, VERSION: "1.0.0" });
  await buildContext(engine, folder("frontend"), FRONTEND, { ...bases });
}

/** The whole stack, without the bot, for which the sample application has no program. */
export async function wholeStack(): Promise<StackSettings> {
  return {
    secrets: { SECRET_KEY: "of the bench" },
    app: { image: BACKEND, uploads: "/app/uploads", secrets: ["SECRET_KEY"] },
    migrations: { command: ["alembic", "upgrade", "head"] },
    frontend: { image: FRONTEND, live: "/healthz" },
    worker: { app: "app.worker" },
    beat: { app: "app.worker" },
    edge: { publish: `127.0.0.1:${await freePort()}` },
  };
}

/** What a preview asks the host for. */
export interface Asking {
  readonly refresh: boolean;
  readonly audit: boolean;
}

/** A stack of the bench, with so many times the services. */
export class BenchStack {
  readonly test: TestStack;
  settings: StackSettings = {};
  private readonly folder: string;
  private readonly project: string;

  constructor(folder: string, times: number) {
    this.test = new TestStack(`e2e-bench-${times}`);
    this.folder = join(folder, this.test.name);
    mkdirSync(this.folder);
    this.project = times === 1 ? root : grownProject(join(this.folder, "project"), times);
  }

  async bringUp(): Promise<void> {
    this.settings = await wholeStack();
    await this.test.prepare(this.settings);
    await this.pulumi("stack", "init", this.test.name);
    await this.pulumi("up", "--yes", "--skip-preview", "--config-file", this.file, "--stack", this.test.name);
    const { config, ...rest } = parse(readFileSync(this.file, "utf8")) as { config: object };
    writeFileSync(this.quietFile, stringify({ ...rest, config: { ...config, "onehost:audit": false } }));
  }

  preview({ refresh, audit }: Asking): Timed {
    const file = audit ? this.file : this.quietFile;
    const options = [`--refresh=${refresh}`, "--expect-no-changes", "--non-interactive", "--config-file", file];
    const command = ["pulumi", "preview", "--stack", this.test.name, ...options];
    return { command, cwd: this.project, env: this.test.environment() };
  }

  /** The host may have something to say of a busy machine: 7 is an answer too. */
  drift(): Timed {
    const command = ["npm", "run", "--silent", "drift", "--", "--stack", this.test.name];
    return { command, cwd: root, env: this.test.environment(), codes: [0, 7] };
  }

  private get file(): string {
    return join(root, `Pulumi.${this.test.name}.yaml`);
  }

  private get quietFile(): string {
    return join(this.folder, "without-audit.yaml");
  }

  private pulumi(...args: string[]): Promise<string> {
    return run("pulumi", [...args, "--non-interactive"], { cwd: this.project, env: this.test.environment() });
  }
}
