// Stand-in for the command provider: local.Command.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { stop } from "./provider/grpc.ts";
import { type Context, type DetailedDiff, type Resource, serveProvider } from "./provider/server.ts";
import { isSecret, type Props, reveal, UNKNOWN, type Value } from "./provider/values.ts";

const type = "command:local:Command";

/** The properties, with the name Go has for their type. */
const table: Record<string, string> = {
  triggers: "array",
  create: "string",
  update: "string",
  delete: "string",
  interpreter: "array",
  dir: "string",
  environment: "object",
  stdin: "string",
  logging: "string",
  addPreviousOutputInEnv: "bool",
};

const kindOf = (value: Value) =>
  Array.isArray(value)
    ? "array"
    : typeof value === "boolean"
      ? "bool"
      : typeof value === "number"
        ? "float64"
        : typeof value;

function fault(property: string, value: Value) {
  const wanted = table[property];
  const remedy = "remove it or install the official command plugin";
  if (!wanted)
    return [{ property, reason: `${type}: the offline stand-in does not know the property "${property}"; ${remedy}` }];
  const kind = kindOf(reveal(value));
  if (value === null || kind === wanted || value === UNKNOWN) return [];
  return [
    { property, reason: `Field '${property}' on 'local.CommandInputs' must be a '${wanted}'; got '${kind}' instead` },
  ];
}

/** Path by path; only `triggers` appearing or going replaces here, the rest of its rule is in the program's SDK. */
function difference(path: string, old: Value | undefined, planned: Value | undefined): DetailedDiff {
  const [before, after] = [old ?? null, planned ?? null];
  if (JSON.stringify(before) === JSON.stringify(after)) return {};
  const plain = (value: Value) => typeof value === "object" && value !== null && !isSecret(value);
  if (!plain(before) || !plain(after) || Array.isArray(before) !== Array.isArray(after)) {
    const kind = before === null ? "add" : after === null ? "delete" : "update";
    return { [path]: { kind, replace: path === "triggers" } };
  }
  const [a, b] = [before as Props, after as Props];
  const at = (key: string) => (Array.isArray(before) ? `${path}[${key}]` : `${path}.${key}`);
  return Object.assign(
    {},
    ...Object.keys({ ...a, ...b }).map((key) => difference(at(key), a[key], b[key])),
  ) as DetailedDiff;
}

const inputsOf = (outputs: Props) => Object.fromEntries(Object.entries(outputs).filter(([name]) => name in table));
const given = (props: Props) =>
  Object.fromEntries(Object.entries(props).filter(([, value]) => value !== null)) as Props;

interface Streams {
  readonly stdout: string;
  readonly stderr: string;
}

const signals: Record<string, string> = {
  SIGKILL: "killed",
  SIGTERM: "terminated",
  SIGINT: "interrupt",
  SIGHUP: "hangup",
};

function environment(inputs: Props, previous: Partial<Streams>): NodeJS.ProcessEnv {
  const extra = (inputs.environment ?? {}) as Record<string, string>;
  if (inputs.addPreviousOutputInEnv === false) return { ...process.env, ...extra };
  const { stdout, stderr } = previous;
  return {
    ...{ ...process.env, ...extra },
    ...(stdout && { PULUMI_COMMAND_STDOUT: stdout }),
    ...(stderr && { PULUMI_COMMAND_STDERR: stderr }),
  };
}

/** Runs a command to its end; a failure carries everything it printed. */
function run(command: string, secretInputs: Props, previous: Partial<Streams>, context: Context): Promise<Streams> {
  const inputs = reveal(secretInputs) as Props;
  const [program, ...args] = [
    ...(Array.isArray(inputs.interpreter) ? (inputs.interpreter as string[]) : ["/bin/sh", "-c"]),
    command,
  ];
  const output = { stdout: "", stderr: "", both: "" };
  const child = spawn(program, args, {
    ...{ cwd: (inputs.dir as string | undefined) ?? process.cwd(), env: environment(inputs, previous) },
    ...{ signal: stop.signal, killSignal: "SIGKILL" as const },
  });
  for (const name of ["stdout", "stderr"] as const) {
    const log = logger((inputs.logging as string | undefined) ?? "stdoutAndStderr", name, context);
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
      output.both += text;
      log(text);
    });
  }
  child.stdin.on("error", () => {}).end((inputs.stdin as string | undefined) ?? "");
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => reject(new Error(`${reason}: running ${quote(command)}:\n${output.both}`));
    child.on("error", (error: NodeJS.ErrnoException) => fail(notStarted(program, error)));
    child.on("close", (code, signal) => {
      if (signal) fail(`signal: ${signals[signal] ?? signal}`);
      else if (code) fail(`exit status ${code}`);
      else resolve({ stdout: output.stdout.replace(/\n$/, ""), stderr: output.stderr.replace(/\n$/, "") });
    });
  });
}

/** As Go quotes a string; JSON does the same for all that commands are made of. */
const quote = (text: string) => JSON.stringify(text);

function notStarted(program: string, error: NodeJS.ErrnoException): string {
  if (error.name === "AbortError") return "signal: killed";
  if (error.code !== "ENOENT") return error.message;
  return program.includes("/")
    ? `fork/exec ${program}: no such file or directory`
    : `exec: "${program}": executable file not found in $PATH`;
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

const unknown = { stdout: UNKNOWN, stderr: UNKNOWN };

const localCommand: Resource = {
  check: (_, news) => ({
    inputs: given(news),
    failures: Object.entries(news).flatMap(([name, value]) => fault(name, value)),
  }),
  diff({ inputs, outputs }, news, ignoreChanges) {
    const old = Object.keys(inputs).length ? inputs : inputsOf(outputs);
    const names = Object.keys({ ...old, ...news }).filter((name) => !ignoreChanges.includes(name));
    return { diff: Object.assign({}, ...names.map((name) => difference(name, old[name], news[name]))) as DetailedDiff };
  },
  async create(inputs, context) {
    const id = context.name + randomBytes(4).toString("hex");
    if (context.preview) return { id, outputs: { ...inputs, ...unknown } };
    const command = reveal(inputs.create ?? null) as string | null;
    const streams = command === null ? { stdout: "", stderr: "" } : await run(command, inputs, {}, context);
    return { id, outputs: { ...given(inputs), ...streams } };
  },
  read: (state) => Promise.resolve(state),
  async update({ outputs }, news, context) {
    if (context.preview) return { ...news, ...unknown };
    const { stdout, stderr } = outputs as unknown as Streams;
    const command = reveal(news.update ?? news.create ?? null) as string | null;
    const streams = command === null ? { stdout, stderr } : await run(command, news, { stdout, stderr }, context);
    return { ...given(news), ...streams };
  },
  async delete({ outputs }, context) {
    const command = reveal(outputs.delete ?? null) as string | null;
    if (command !== null) await run(command, outputs, reveal(outputs) as unknown as Streams, context);
  },
};

serveProvider({
  version: "1.2.1",
  acceptSecrets: true,
  resources: { [type]: localCommand },
  // Recorded in a provider's state; without it the official plugin would report a change of the provider.
  checkConfig: (news) => ({ ...news, "__pulumi-go-provider-version": "1.2.0" }),
});
