// docker.Image: built from a context by the engine's classic builder. Every change is a rebuild in place.
import { createHash } from "node:crypto";
import {
  createReadStream,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  type Stats,
} from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { createRequire } from "node:module";
import { pack as createPack } from "tar-stream";
import type { Context, DetailedDiff, Resource } from "../provider/server.ts";
import { isUnknown, type Props, reveal, secret, some, type Value } from "../provider/values.ts";
import type { Engine } from "./engine.ts";

/** Comes with dockerode; its types do not know how it exports itself. */
const dockerignore = createRequire(import.meta.url)("@balena/dockerignore") as () => Rules;

interface Rules {
  add(patterns: string | string[]): Rules;
  ignores(name: string): boolean;
}

type Build = {
  context: string;
  dockerfile: string;
  args?: Props;
  target?: string;
  platform: string;
  network?: string;
  addHosts?: string[];
};

const type = "docker:index/image:Image";
const known = ["imageName", "build", "skipPush", "buildOnPreview"];
const knownBuild = ["context", "dockerfile", "args", "target", "platform", "network", "addHosts", "builderVersion"];

function faults(news: Props, build: Props): string[] {
  const extra = [
    ...Object.keys(news).filter((name) => !known.includes(name)),
    ...Object.keys(build)
      .filter((name) => !knownBuild.includes(name) && !name.startsWith("__"))
      .map((name) => `build.${name}`),
  ];
  return [
    ...extra.map(
      (name) =>
        `${type}: the offline stand-in does not implement "${name}"; remove it or install the official docker plugin`,
    ),
    ...(build.builderVersion === "BuilderV1"
      ? []
      : [`${type}: the offline stand-in has the classic builder only; set build.builderVersion to "BuilderV1"`]),
    ...(news.skipPush === true ? [] : [`${type}: the offline stand-in pushes nothing; set skipPush to true`]),
  ];
}

interface Entry {
  readonly path: string;
  readonly name: string;
  readonly stat: Stats;
}

/** Everything of the context that `.dockerignore` leaves, in the order of Go's directory walk. */
function entries(root: string, ignored: (name: string) => boolean, folder = ""): Entry[] {
  return readdirSync(join(root, folder))
    .sort()
    .flatMap((base) => {
      const name = folder ? `${folder}/${base}` : base;
      const [path, out] = [join(root, name), ignored(name)];
      const stat = lstatSync(path);
      const inner = stat.isDirectory() ? entries(root, ignored, name) : [];
      return out && inner.length === 0 ? [] : [{ path, name, stat }, ...inner];
    });
}

function ignoreRules({ context, dockerfile }: Build, keep: string[] = []): (name: string) => boolean {
  const file = [`${dockerfile}.dockerignore`, join(context, ".dockerignore")].find((path) => existsSync(path));
  const rules = dockerignore()
    .add(file ? readFileSync(file, "utf8") : "")
    .add(keep.map((name) => `!${name}`));
  return (name) => rules.ignores(name);
}

/** A mode as Go prints it: type and special bits in front, then the permissions. */
function modeString(stat: Stats): string {
  const special =
    (stat.isSymbolicLink() ? "L" : "") +
    [
      ["u", 0o4000],
      ["g", 0o2000],
      ["t", 0o1000],
    ]
      .map(([c, bit]) => (stat.mode & Number(bit) ? c : ""))
      .join("");
  return (
    (special || "-") + "rwxrwxrwx".replace(/./g, (letter, i: number) => (stat.mode & (1 << (8 - i)) ? letter : "-"))
  );
}

/** Where a link leads, relative where link and context are. */
function target(path: string): string {
  const absolute = isAbsolute(path) || isAbsolute(readlinkSync(path));
  return absolute ? realpathSync(path) : relative(process.cwd(), realpathSync(path));
}

/** The digest that the official provider keeps in its inputs: what makes an unchanged context no change. */
export function contextDigest(build: Build): string {
  const all = createHash("sha256");
  const add = (name: string, mode: string, content: string | Buffer) =>
    all.update(name).update(mode).update(createHash("sha256").update(content).digest()).update("\0");
  add("Dockerfile", "----------", readFileSync(build.dockerfile));
  for (const { path, name, stat } of entries(build.context, ignoreRules(build))) {
    if (!stat.isDirectory()) add(name, modeString(stat), stat.isSymbolicLink() ? target(path) : readFileSync(path));
  }
  return all.digest("hex");
}

/** The context as the tar stream that the engine reads; the Dockerfile's name in it comes with it. */
function archive(build: Build) {
  const inside = relative(resolve(build.context), resolve(build.dockerfile));
  const outside = inside.startsWith("../");
  const dockerfile = outside ? ".dockerfile.outside" : inside;
  const pack = createPack();
  const fill = async () => {
    for (const { path, name, stat } of entries(build.context, ignoreRules(build, [dockerfile, ".dockerignore"]))) {
      const header = { name, mode: stat.mode & 0o7777, mtime: stat.mtime };
      if (stat.isDirectory()) pack.entry({ ...header, type: "directory" });
      else if (stat.isSymbolicLink()) pack.entry({ ...header, type: "symlink", linkname: readlinkSync(path) });
      else if (stat.isFile()) await pipeline(createReadStream(path), pack.entry({ ...header, size: stat.size }));
    }
    if (outside) {
      pack.entry({ name: dockerfile }, readFileSync(build.dockerfile));
      // The engine leaves out of COPY what the .dockerignore in the archive names.
      pack.entry({ name: ".dockerignore" }, `.dockerignore\n${dockerfile}\n`);
    }
    pack.finalize();
  };
  fill().catch((error: unknown) => pack.destroy(error as Error));
  return { stream: pack, dockerfile, recorded: inside };
}

interface Message {
  readonly stream?: string;
  readonly error?: string;
}

async function build(engine: Engine, inputs: Props, context: Context): Promise<Props> {
  const [name, given] = [inputs.imageName as string, inputs.build];
  const { stream, dockerfile, recorded } = archive(given);
  const { args = {}, target = "", platform, network = "", addHosts = [] } = given;
  const query = {
    t: name,
    dockerfile,
    buildargs: args,
    target,
    platform,
    networkmode: network,
    ...(addHosts.length && { extrahosts: addHosts.join(",") }),
    version: "1",
  };
  const headers = { "content-type": "application/x-tar" };
  const answer = await engine.open("POST", "/build", { query, stream, headers }).catch((error: Error) => {
    throw new Error(`error building image: ${error.message}`);
  });
  let pending = "";
  for await (const chunk of answer) {
    const lines = (pending + String(chunk)).split("\n");
    pending = lines.pop()!;
    for (const line of lines.filter(Boolean)) report(JSON.parse(line) as Message, context);
  }
  const { Id } = await engine.call<{ Id: string }>("GET", `/images/${name}/json`);
  const outputs = {
    dockerfile: recorded,
    context: given.context,
    baseImageName: name,
    registryServer: "",
    imageName: name,
    platform,
  };
  return { ...outputs, repoDigest: Id, __inputs: secret(inputs) };
}

function report({ stream = "", error }: Message, context: Context): void {
  if (error) throw new Error(`error reading build output: ${error}`);
  if (stream.trim()) context.log(stream.trim(), true);
}

/** The context's defaults and digest, or what is wrong with the paths. */
function completed(given: Props, context: Context): Props {
  const folder = given.context ?? ".";
  const build = { ...given, context: folder, dockerfile: given.dockerfile ?? join(folder as string, "Dockerfile") };
  const { dockerfile } = build;
  if (isUnknown(dockerfile) || isUnknown(folder)) return build;
  if (!existsSync(dockerfile as string)) throw new Error(notThere(folder as string, dockerfile as string));
  const platform = (given.platform as string | undefined) ?? `linux/${process.arch === "x64" ? "amd64" : process.arch}`;
  if (!given.platform)
    context.log(
      `Building your image for ${platform} architecture.\nTo ensure you are building for the correct platform, consider explicitly setting the \`platform\` field on ImageBuildOptions.`,
    );
  return { ...build, platform, contextDigest: contextDigest(build as unknown as Build) };
}

function notThere(folder: string, dockerfile: string): string {
  const why = `stat ${dockerfile}: no such file or directory`;
  if (isAbsolute(dockerfile)) return `expected a relative Dockerfile path; got "${dockerfile}" instead: ${why}`;
  const inside = join(folder, dockerfile);
  const opening = `could not open dockerfile at relative path "${dockerfile}"`;
  return existsSync(inside) ? `${opening}. Try setting \`dockerfile\` to "${inside}"` : `${opening}: ${why}`;
}

export const image = (engine: () => Engine): Resource => ({
  check(_, news, context) {
    const given = (news.build ?? {}) as Props;
    const failures = faults(news, given).map((reason) => ({ reason }));
    if (failures.length) return { inputs: news, failures };
    const build = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
    return { inputs: { buildOnPreview: false, ...news, build: completed(build, context) }, failures };
  },
  diff({ outputs }, news) {
    const old = reveal(outputs.__inputs ?? {}) as Props;
    const text = (value: Value | undefined) =>
      JSON.stringify(value ?? null, (_, v: Value) =>
        v && typeof v === "object" && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort()) : v,
      );
    const changed = Object.keys({ ...old, ...news }).filter((name) => text(old[name]) !== text(news[name]));
    const kind = (name: string) => (!(name in old) ? "add" : !(name in news) ? "delete" : "update");
    return {
      diff: Object.fromEntries(changed.map((name) => [name, { kind: kind(name), replace: false }])),
    };
  },
  async create(inputs, context) {
    const dry = context.preview && (!inputs.buildOnPreview || some(inputs, isUnknown));
    return dry
      ? { id: "", outputs: inputs }
      : { id: inputs.imageName as string, outputs: await build(engine(), inputs, context) };
  },
  read: (state) => Promise.resolve(state),
  async update(_, news, context) {
    const dry = context.preview && (!news.buildOnPreview || some(news, isUnknown));
    return dry ? news : build(engine(), news, context);
  },
  /** The official provider leaves the image where it is. */
  delete: () => Promise.resolve(),
});
