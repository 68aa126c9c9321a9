// Stand-in for the command provider: local.Command.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { stop } from "./provider/grpc.ts";
import { type Checked, type Context, type DetailedDiff, type Difference } from "./provider/server.ts";
import { type Resource, serveProvider, type State } from "./provider/server.ts";
import { isSecret, type Props, reveal, UNKNOWN, type Value } from "./provider/values.ts";

const type = "command:local:Command";

/** The properties, with the name that Go has for the type of each. */
const table: Record<string, string> = {
  ...{ create: "string", update: "string", delete: "string", dir: "string", stdin: "string", logging: "string" },
  ...{ triggers: "array", interpreter: "array", environment: "object", addPreviousOutputInEnv: "boolean" },
};

function fault(property: string, value: Value): Checked["failures"] {
  const wanted = table[property];
  const remedy = "remove it or install the official plugin";
  if (!wanted)
    return [{ property, reason: `${type}: the offline stand-in does not implement "${property}"; ${remedy}` }];
  const shown = reveal(value);
  const got = Array.isArray(shown) ? "array" : typeof shown;
  if (value === null || got === wanted || value === UNKNOWN) return [];
  return [{ property, reason: `${type}: "${property}" must be of type ${wanted}, got ${got}; correct it` }];
}

/** Path by path; only `triggers` coming or going replaces here, the rest of its rule is in the program's SDK. */
function difference(path: string, old: Value | undefined, planned: Value | undefined): DetailedDiff {
  const [before, after] = [old ?? null, planned ?? null];
  if (JSON.stringify(before) === JSON.stringify(after)) return {};
  const nested = (value: Value) => typeof value === "object" && value !== null && !isSecret(value);
  if (!nested(before) || !nested(after) || Array.isArray(before) !== Array.isArray(after)) {
    const kind = before === null ? "add" : after === null ? "delete" : "update";
    return { [path]: { kind, replace: path === "triggers" } };
  }
  const [a, b] = [before as Props, after as Props];
  const at = (key: string) => (Array.isArray(before) ? `${path}[${key}]` : `${path}.${key}`);
  return merge(Object.keys({ ...a, ...b }).map((key) => difference(at(key), a[key], b[key])));
}

const merge = (diffs: DetailedDiff[]) => Object.assign({}, ...diffs) as DetailedDiff;

interface Streams {
  readonly stdout: string;
  readonly stderr: string;
}

function environment(inputs: Props, { stdout, stderr }: Streams): NodeJS.ProcessEnv {
  const given = { ...process.env, ...(inputs.environment as Record<string, string> | undefined) };
  if (inputs.addPreviousOutputInEnv === false) return given;
  const previous = {
    ...(stdout && { PULUMI_COMMAND_STDOUT: stdout }),
    ...(stderr && { PULUMI_COMMAND_STDERR: stderr }),
  };
  return { ...given, ...previous };
}

const signals: Record<string, string> = {
  SIGKILL: "killed",
  SIGTERM: "terminated",
  SIGINT: "interrupt",
  SIGHUP: "hangup",
};

/** Runs a command to its end; a failure carries everything it printed. */
function run(command: string, secretInputs: Props, previous: Streams, context: Context): Promise<Streams> {
  const inputs = reveal(secretInputs) as Props;
  const [program, ...args] = [...((inputs.interpreter as string[] | undefined) ?? ["/bin/sh", "-c"]), command];
  const output = { stdout: "", stderr: "", both: "" };
  const child = start(program, args, inputs, previous);
  for (const name of ["stdout", "stderr"] as const) {
    const log = logger((inputs.logging as string | undefined) ?? "stdoutAndStderr", name, context);
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
      output.both += text;
      log(text);
    });
  }
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${why}: running ${JSON.stringify(command)}:\n${output.both}`));
    // A cancelled command has failed only when everything it started has closed its output, as officially.
    child.on("error", (error) => error.name === "AbortError" || fail(notStarted(program, error)));
    child.on("close", (code, signal) => {
      if (signal) fail(`signal: ${signals[signal] ?? signal}`);
      else if (code) fail(`exit status ${code}`);
      else resolve({ stdout: output.stdout.replace(/\n$/, ""), stderr: output.stderr.replace(/\n$/, "") });
    });
  });
}

function start(program: string, args: string[], inputs: Props, previous: Streams) {
  const cwd = (inputs.dir as string | undefined) ?? process.cwd();
  const ending = { signal: stop.signal, killSignal: "SIGKILL" } as const;
  const child = spawn(program, args, { cwd, env: environment(inputs, previous), ...ending });
  // A command need not read what it is given.
  child.stdin.on("error", () => {}).end((inputs.stdin as string | undefined) ?? "");
  return child;
}

function notStarted(program: string, error: NodeJS.ErrnoException): string {
  if (error.code !== "ENOENT") return error.message;
  const missing = program.includes("/") ? `fork/exec ${program}: no such file or directory` : undefined;
  return missing ?? `exec: "${program}": executable file not found in $PATH`;
}

/** Passes whole lines on to the CLI where `logging` asks for this stream. */
function logger(logging: string, stream: string, context: Context): (text: string) => void {
  if (!logging.toLowerCase().includes(stream)) return () => {};
  let pending = "";
  return (text) => {
    const lines = (pending + text).split("\n");
    pending = lines.pop()!;
    for (const line of lines) context.log(line);
  };
}

const given = (props: Props): Props => Object.fromEntries(Object.entries(props).filter(([, value]) => value !== null));
const unknown = { stdout: UNKNOWN, stderr: UNKNOWN };

class LocalCommand implements Resource {
  check(_: Props, news: Props): Checked {
    return { inputs: given(news), failures: Object.entries(news).flatMap(([name, value]) => fault(name, value)) };
  }

  diff({ inputs }: State, news: Props, ignoreChanges: string[]): Difference {
    const names = Object.keys({ ...inputs, ...news }).filter((name) => !ignoreChanges.includes(name));
    return { diff: merge(names.map((name) => difference(name, inputs[name], news[name]))) };
  }

  async create(inputs: Props, context: Context): Promise<{ id: string; outputs: Props }> {
    const id = context.name + randomBytes(4).toString("hex");
    return { id, outputs: await this.apply(inputs.create, inputs, { stdout: "", stderr: "" }, context) };
  }

  read = (state: State): Promise<State> => Promise.resolve(state);

  update({ outputs }: State, news: Props, context: Context): Promise<Props> {
    return this.apply(news.update ?? news.create, news, outputs as unknown as Streams, context);
  }

  async delete({ outputs }: State, context: Context): Promise<void> {
    await this.apply(outputs.delete, outputs, reveal(outputs) as unknown as Streams, context);
  }

  /** Inputs and what the command printed; without a command, what one printed before. */
  private async apply(
    secret: Value | undefined,
    inputs: Props,
    { stdout, stderr }: Streams,
    context: Context,
  ): Promise<Props> {
    const command = reveal(secret ?? null) as string | null;
    if (context.preview) return { ...inputs, ...unknown };
    const streams = command === null ? { stdout, stderr } : await run(command, inputs, { stdout, stderr }, context);
    return { ...given(inputs), ...streams };
  }
}

serveProvider({
  version: "1.2.1",
  acceptSecrets: true,
  resources: { [type]: new LocalCommand() },
  // Recorded in a provider's state; without it the official plugin would report a change of the provider.
  checkConfig: (news) => ({ ...news, "__pulumi-go-provider-version": "1.2.0" }),
});
