import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Count, countOf, sum, summary } from "./count.ts";
import { root } from "./folders.ts";

/** One step of a test run. */
export interface Suite {
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Its tests are counted; any other command passes silently and fails as one. */
  readonly counted: boolean;
  /** Variables it needs, beyond those of this process. */
  readonly env?: Record<string, string>;
}

const bin = join(root, "node_modules/.bin");

/** A command that only has to succeed. */
export function check(title: string, command: string, ...args: string[]): Suite {
  return { title, command: join(bin, command), args, counted: false };
}

/** Mocha on the given files. */
export function tests(title: string, ...files: string[]): Suite {
  const args = ["--reporter", join(root, "scripts/lib/counting-reporter.ts"), ...files];
  return { title, command: join(bin, "mocha"), args, counted: true };
}

/** Runs the suites in their order, all of them whatever fails, and prints the sum as the last line. */
export async function runSuites(suites: readonly Suite[]): Promise<number> {
  const counts: Count[] = [];
  for (const suite of suites) counts.push(await runSuite(suite));
  const total = sum(counts);
  console.log(`\n${summary(total)}`);
  return total.failed === 0 ? 0 : 1;
}

async function runSuite(suite: Suite): Promise<Count> {
  const startedAt = Date.now();
  console.log(`\n› ${suite.title}`);
  const count = await counted(suite);
  const verdict = count.failed === 0 ? "✔" : "✖";
  const numbers = suite.counted ? `: ${summary(count)}` : "";
  console.log(`${verdict} ${suite.title}${numbers} [${((Date.now() - startedAt) / 1000).toFixed(1)} s]`);
  return count;
}

async function counted({ command, args, env }: Suite): Promise<Count> {
  const folder = mkdtempSync(join(tmpdir(), "onehost-counts-"));
  const file = join(folder, "counts.json");
  try {
    const code = await exitCode(command, args, { ...env, ONEHOST_COUNTS: file });
    return countOf(code, existsSync(file) ? readFileSync(file, "utf8") : undefined);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function exitCode(command: string, args: readonly string[], env: Record<string, string>): Promise<number> {
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "inherit", "inherit"],
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}
