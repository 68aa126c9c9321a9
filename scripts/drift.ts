import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Finding } from "../components/lib/audit/finding.ts";
import { type Difference, differences, type Recorded } from "./lib/drift-report.ts";
import { answeringEngine } from "./lib/engine.ts";
import { root } from "./lib/folders.ts";
import { hostEnv } from "./lib/host-env.ts";
import { EXIT, main } from "./lib/outcome.ts";
import type { Step } from "./lib/preview-step.ts";
import { attempt, run } from "./lib/run.ts";
import { stackCommand } from "./lib/running-stack.ts";
import { table } from "./lib/table.ts";
import { resolveToolchain } from "./lib/toolchain.ts";

interface Options {
  readonly stack: string;
  readonly json?: boolean;
  readonly explain?: boolean;
  readonly deep?: boolean;
}

const command = stackCommand(
  "drift",
  "Tells in what the Docker host and the stack file differ. Changes nothing, neither on the host nor in the state.",
  "0 in sync, 1 the preview failed, 7 drifted",
)
  .option("--json", "for machines: one JSON document on stdout")
  .option("--explain", "for each difference, what the next up does about it and whether users notice")
  .option("--deep", "also run every service's readiness probes; takes seconds");

/** What the CLI is run with: toolchain, host, images. */
async function environment(stack: string): Promise<Record<string, string>> {
  const note = (text: string): void => console.error(text);
  const [{ env }, engine] = await Promise.all([resolveToolchain(note), answeringEngine(stack)]);
  return { ...env, ...hostEnv(engine) };
}

/** A preview, with what the program itself has found. */
async function preview(
  { stack, deep }: Options,
  env: Record<string, string>,
): Promise<{ steps: Step[]; findings: Finding[] }> {
  const folder = mkdtempSync(join(tmpdir(), "onehost-drift-"));
  const file = join(folder, "findings.json");
  const audit = { ONEHOST_FINDINGS: file, ...(deep && { ONEHOST_AUDIT: "deep" }) };
  try {
    const args = ["preview", "--json", "--non-interactive", "--stack", stack];
    const { code, output } = await attempt("pulumi", args, { cwd: root, env: { ...env, ...audit } });
    const digest = parse(output);
    if (code !== 0) throw new Error(complaint(digest) || output.trim());
    return { steps: digest?.steps ?? [], findings: readFindings(file) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Digest {
  readonly steps?: Step[];
  readonly diagnostics?: { readonly severity: string; readonly message: string }[];
}

/** The CLI's one document, after whatever plugins have said before it. */
function parse(output: string): Digest | undefined {
  const start = /^\{$/m.exec(output)?.index;
  return start === undefined ? undefined : (JSON.parse(output.slice(start)) as Digest);
}

function complaint(digest: Digest | undefined): string {
  const errors = (digest?.diagnostics ?? []).filter(({ severity }) => severity === "error");
  return errors.map(({ message }) => message.replace(/^error: /, "").trim()).join("\n");
}

/** None where the program found nothing, and so wrote nothing. */
function readFindings(file: string): Finding[] {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Finding[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** What the last `up` recorded of every resource that it made. */
async function recordedInputs(stack: string, env: Record<string, string>): Promise<Recorded> {
  const text = await run("pulumi", ["stack", "export", "--stack", stack, "--non-interactive"], { cwd: root, env });
  const { deployment } = JSON.parse(text) as { deployment: { resources?: Resource[] } };
  return new Map((deployment.resources ?? []).map(({ urn, inputs = {} }) => [urn, inputs]));
}

interface Resource {
  readonly urn: string;
  readonly inputs?: Record<string, unknown>;
}

function print(found: readonly Difference[], { stack, json, explain }: Options): void {
  if (json) return console.log(JSON.stringify({ stack, inSync: found.length === 0, findings: found }, null, 2));
  if (found.length === 0) return console.log(`Stack ${stack} is in sync with its host.`);
  const count = found.length === 1 ? "1 difference" : `${found.length} differences`;
  console.log(`Stack ${stack}: ${count} between host and stack file\n`);
  const heading = ["service", "property", "on the host", "declared", "since"];
  const rows = found.map((one) => [one.service, one.property, one.found, one.declared, one.since]);
  console.log(table(heading, rows).join("\n"));
  console.log(explain ? `\n${found.map(explanation).join("\n")}` : "\nWhat up does about it: add --explain");
}

function explanation({ service, property, remedy, gap }: Difference): string {
  return `${service}, ${property}: ${remedy}${gap ? "; users notice" : ""}.`;
}

await main(async () => {
  const options = command.parse().opts<Options>();
  const env = await environment(options.stack);
  const [{ steps, findings }, recorded] = await Promise.all([
    preview(options, env),
    recordedInputs(options.stack, env),
  ]);
  const found = differences(steps, findings, recorded);
  print(found, options);
  return found.length === 0 ? EXIT.ok : EXIT.drifted;
});
