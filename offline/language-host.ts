// Stand-in for pulumi-language-nodejs: starts the program with the SDK's own runner, as the official host does.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import emptypb from "google-protobuf/google/protobuf/empty_pb.js";
import service from "@pulumi/pulumi/proto/language_grpc_pb.js";
import language from "@pulumi/pulumi/proto/language_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import { engineAddress, serve, unary } from "./provider/grpc.ts";

interface Options {
  readonly typescript?: boolean;
  readonly nodeargs?: string;
  readonly tsconfig?: string;
}

interface Package {
  readonly name: string;
  readonly version: string;
  readonly pulumi?: { resource?: boolean; name?: string; version?: string; server?: string };
}

/** The program said what is wrong by itself; the CLI should add nothing. */
const alreadyReported = 32;

let program: ChildProcess | undefined;
// Without its engine a program retries for ever, at full speed: it must not outlive us when the CLI was killed.
process.on("exit", () => program?.kill("SIGKILL"));

function run(request: language.RunRequest): Promise<language.RunResponse> {
  const info = request.getInfo()!;
  const options = (info.getOptions()?.toJavaScript() ?? {}) as Options;
  const directory = info.getProgramDirectory();
  const child = spawn("node", [...split(options.nodeargs ?? ""), ...runnerArguments(request, directory)], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...configuration(request, options) },
  });
  program = child;
  child.stdout.pipe(process.stdout, { end: false });
  child.stderr.pipe(process.stderr, { end: false });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(outcome(code ?? signal)));
  });
}

function outcome(code: number | string | null): language.RunResponse {
  const answer = new language.RunResponse();
  if (code === alreadyReported) return answer.setBail(true);
  return code === 0 ? answer : answer.setError(`Program exited with non-zero exit code: ${code}`);
}

/** Splits at blanks outside quotes, as a shell would. */
export const split = (text: string): string[] =>
  [...text.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) => word.replace(/["']/g, ""));

function runnerArguments(request: language.RunRequest, directory: string): string[] {
  const runner = createRequire(join(directory, "index.js")).resolve("@pulumi/pulumi/cmd/run");
  const named = {
    ...{ monitor: request.getMonitorAddress(), engine: engineAddress, organization: request.getOrganization() },
    ...{ project: request.getProject(), "root-directory": request.getInfo()!.getRootDirectory() },
    ...{ stack: request.getStack(), pwd: directory, parallel: String(request.getParallel()) },
  };
  const flags = Object.entries(named).flatMap(([name, value]) => (value ? [`--${name}`, value] : []));
  const dryRun = request.getDryrun() ? ["--dry-run"] : [];
  return [runner, ...flags, ...dryRun, request.getInfo()!.getEntryPoint(), ...request.getArgsList()];
}

function configuration(request: language.RunRequest, { typescript = true, tsconfig }: Options): NodeJS.ProcessEnv {
  const config: Record<string, string> = {};
  // Old SDKs look for `<package>:config:<name>`, new ones for both.
  request.getConfigMap().forEach((value, key) => (config[key.replace(/^([^:]+):(config:)?/, "$1:config:")] = value));
  return {
    PULUMI_CONFIG: JSON.stringify(config),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    ...(typescript && { PULUMI_NODEJS_TYPESCRIPT: "true" }),
    ...(tsconfig && { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig }),
  };
}

/** Every installed package that says in its package.json that it needs a resource plugin. */
function packages(directory: string): plugin.PackageDependency[] {
  const modules = join(directory, "node_modules");
  if (!existsSync(modules)) return dirname(directory) === directory ? [] : packages(dirname(directory));
  const folders = readdirSync(modules).flatMap((name) =>
    name.startsWith("@") ? readdirSync(join(modules, name)).map((inner) => join(name, inner)) : [name],
  );
  return folders.flatMap((folder) => {
    const file = join(modules, folder, "package.json");
    return existsSync(file) ? dependency(JSON.parse(readFileSync(file, "utf8")) as Package) : [];
  });
}

function dependency({ name, version, pulumi }: Package): plugin.PackageDependency[] {
  if (!pulumi?.resource) return [];
  const needed = new plugin.PackageDependency().setKind("resource").setServer(pulumi.server ?? "");
  return [
    needed
      .setName(pulumi.name ?? name.replace("@pulumi/", ""))
      .setVersion(`v${(pulumi.version ?? version).replace(/^v/, "")}`),
  ];
}

serve(service.LanguageRuntimeService, {
  handshake: unary(() => new language.LanguageHandshakeResponse()),
  getPluginInfo: unary(() => new plugin.PluginInfo().setVersion("3.259.0")),
  getRequiredPackages: unary((request: language.GetRequiredPackagesRequest) =>
    new language.GetRequiredPackagesResponse().setPackagesList(packages(request.getInfo()!.getProgramDirectory())),
  ),
  run: unary(run),
  about: unary(() => new language.AboutResponse().setExecutable(process.execPath).setVersion(process.version)),
  runtimeOptionsPrompts: unary(() => new language.RuntimeOptionsResponse()),
  cancel: unary(() => {
    program?.kill("SIGINT");
    return new emptypb.Empty();
  }),
});
