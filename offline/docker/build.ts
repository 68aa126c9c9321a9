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
} from "node:fs";
import type { Stats } from "node:fs";
import type http from "node:http";
import { isAbsolute, join, relative, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import ignore from "@balena/dockerignore";
import { pack as createPack } from "tar-stream";
import { explain } from "../provider/bridged.ts";
import type { Checked, Context, Difference, Resource, State } from "../provider/server.ts";
import { faults, bool, list, map, string, type Table } from "../provider/table.ts";
import { isObject, isUnknown, type Props, reveal, secret, some, type Value } from "../provider/values.ts";
import type { Engine } from "./engine.ts";

interface Rules {
  add(patterns: string | string[]): Rules;
  ignores(name: string): boolean;
}

/** Comes with dockerode; its types do not know how it exports itself. */
const dockerignore = ignore as unknown as () => Rules;

const only = (value: string) => ({ required: true, pattern: new RegExp(`^${value}$`) });

/** The stand-in has the classic builder only, and pushes nothing. */
const buildTable: Table = {
  context: string("U"),
  dockerfile: string("U"),
  args: map("U"),
  target: string("U"),
  platform: string("U"),
  network: string("U"),
  addHosts: list("U"),
  builderVersion: string("U", only("BuilderV1")),
};
const table: Table = {
  imageName: string("U", { required: true }),
  build: list("U", { one: true, required: true, of: buildTable }),
  skipPush: bool("U", { required: true }),
  buildOnPreview: bool("U"),
};

interface Build {
  readonly context: string;
  readonly dockerfile: string;
  readonly args?: Props;
  readonly target?: string;
  readonly platform: string;
  readonly network?: string;
  readonly addHosts?: string[];
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
      const name = join(folder, base);
      const path = join(root, name);
      const stat = lstatSync(path);
      const inner = stat.isDirectory() ? entries(root, ignored, name) : [];
      return ignored(name) && inner.length === 0 ? [] : [{ path, name, stat }, ...inner];
    });
}

function ignoreRules({ context, dockerfile }: Build, keep: string[] = []): (name: string) => boolean {
  const file = [`${dockerfile}.dockerignore`, join(context, ".dockerignore")].find((path) => existsSync(path));
  const patterns = file ? readFileSync(file, "utf8") : "";
  const rules = dockerignore()
    .add(patterns)
    .add(keep.map((name) => `!${name}`));
  return (name) => rules.ignores(name);
}

/** A mode as Go prints it: type and special bits in front, then the permissions. */
function modeString(stat: Stats): string {
  const bits = { u: 0o4000, g: 0o2000, t: 0o1000 };
  const special = Object.entries(bits).map(([letter, bit]) => (stat.mode & bit ? letter : ""));
  const front = (stat.isSymbolicLink() ? "L" : "") + special.join("");
  return (front || "-") + "rwxrwxrwx".replace(/./g, (letter, i: number) => (stat.mode & (1 << (8 - i)) ? letter : "-"));
}

/** What of an entry counts: a file's content, or where a link leads (relative where link and context are). */
function content({ path, stat }: Entry): string | Buffer {
  if (!stat.isSymbolicLink()) return readFileSync(path);
  const absolute = isAbsolute(path) || isAbsolute(readlinkSync(path));
  return absolute ? realpathSync(path) : relative(process.cwd(), realpathSync(path));
}

/** The digest that the official provider keeps in its inputs: what makes an unchanged context no change. */
function contextDigest(build: Build): string {
  const all = createHash("sha256");
  const add = (name: string, mode: string, bytes: string | Buffer) =>
    all.update(name).update(mode).update(createHash("sha256").update(bytes).digest()).update("\0");
  add("Dockerfile", "----------", readFileSync(build.dockerfile));
  for (const entry of entries(build.context, ignoreRules(build))) {
    if (!entry.stat.isDirectory()) add(entry.name, modeString(entry.stat), content(entry));
  }
  return all.digest("hex");
}

/** The context as the archive that the engine reads, and the Dockerfile's name in it. */
function archive(build: Build): { archive: Duplex; dockerfile: string } {
  const inside = relative(resolve(build.context), resolve(build.dockerfile));
  const outside = inside.startsWith("../");
  const dockerfile = outside ? ".dockerfile.outside" : inside;
  const pack = createPack();
  const fill = async () => {
    for (const entry of entries(build.context, ignoreRules(build, [dockerfile, ".dockerignore"])))
      await add(pack, entry);
    if (outside) {
      pack.entry({ name: dockerfile }, readFileSync(build.dockerfile));
      // The engine leaves out of COPY what the .dockerignore in the archive names.
      pack.entry({ name: ".dockerignore" }, `.dockerignore\n${dockerfile}\n`);
    }
    pack.finalize();
  };
  fill().catch((error: Error) => pack.destroy(error));
  return { archive: pack as unknown as Duplex, dockerfile };
}

async function add(pack: ReturnType<typeof createPack>, { name, path, stat }: Entry): Promise<void> {
  const header = { name, mode: stat.mode & 0o7777, mtime: stat.mtime };
  if (stat.isDirectory()) pack.entry({ ...header, type: "directory" });
  else if (stat.isSymbolicLink()) pack.entry({ ...header, type: "symlink", linkname: readlinkSync(path) });
  else if (stat.isFile()) await pipeline(createReadStream(path), pack.entry({ ...header, size: stat.size }));
}

async function build(engine: Engine, inputs: Props, context: Context): Promise<Props> {
  const name = inputs.imageName as string;
  const given = inputs.build as unknown as Build;
  const packed = archive(given);
  const { args = {}, target = "", platform, network = "", addHosts = [] } = given;
  const names = { t: name, dockerfile: packed.dockerfile, target, platform, networkmode: network, version: "1" };
  const query = { ...names, buildargs: args, ...(addHosts.length && { extrahosts: addHosts.join(",") }) };
  const building = engine.open("POST", "/build", { query, archive: packed.archive });
  await report(await building.catch(explain("error building image")), context);
  const { Id: repoDigest } = await engine.call<{ Id: string }>("GET", `/images/${name}/json`);
  const dockerfile = relative(resolve(given.context), resolve(given.dockerfile));
  const outputs = { dockerfile, context: given.context, baseImageName: name, registryServer: "", imageName: name };
  return { ...outputs, platform, repoDigest, __inputs: secret(inputs) };
}

/** Passes the builder's words on as they come; its complaint ends the build. */
async function report(answer: http.IncomingMessage, context: Context): Promise<void> {
  for await (const line of createInterface(answer)) {
    const { stream = "", error } = JSON.parse(line || "{}") as { stream?: string; error?: string };
    if (error) throw new Error(`error reading build output: ${error}`);
    if (stream.trim()) context.log(stream.trim(), true);
  }
}

function missing(dockerfile: string, folder: string): string {
  const absent = `stat ${dockerfile}: no such file or directory`;
  if (isAbsolute(dockerfile)) return `expected a relative Dockerfile path; got "${dockerfile}" instead: ${absent}`;
  const inside = join(folder, dockerfile);
  const why = existsSync(inside) ? `. Try setting \`dockerfile\` to "${inside}"` : `: ${absent}`;
  return `could not open dockerfile at relative path "${dockerfile}"${why}`;
}

/** Defaults, platform and digest of a build, or what is wrong with its paths. */
function completed(given: Props, context: Context): Props {
  const folder = (given.context ?? ".") as string;
  const dockerfile = (given.dockerfile ?? join(folder, "Dockerfile")) as string;
  const build = { ...given, context: folder, dockerfile };
  if (isUnknown(dockerfile) || isUnknown(folder)) return build;
  if (!existsSync(dockerfile)) throw new Error(missing(dockerfile, folder));
  const platform = given.platform ?? `linux/${process.arch === "x64" ? "amd64" : process.arch}`;
  if (!given.platform) context.log(`Building your image for ${platform as string} architecture.`);
  return { ...build, platform, contextDigest: contextDigest(build as unknown as Build) };
}

const text = (value: Value | undefined) =>
  JSON.stringify(value ?? null, (_, v: Value) => (isObject(v) ? Object.fromEntries(Object.entries(v).sort()) : v));

export class Image implements Resource {
  constructor(private readonly engine: () => Engine) {}

  check(_: Props, news: Props, context: Context): Checked {
    const found = [...faults(table, news), ...(news.skipPush === false ? ['"skipPush" must be true'] : [])];
    const failures = found.map((fault) => ({ reason: `docker:index/image:Image: ${fault}` }));
    if (failures.length) return { inputs: news, failures };
    const build = Object.fromEntries(Object.entries(news.build as Props).filter(([, value]) => value !== null));
    return { inputs: { buildOnPreview: false, ...news, build: completed(build, context) }, failures };
  }

  diff({ outputs }: State, news: Props): Difference {
    const old = reveal(outputs.__inputs ?? {}) as Props;
    const changed = Object.keys({ ...old, ...news }).filter((name) => text(old[name]) !== text(news[name]));
    const kind = (name: string) => (!(name in old) ? "add" : !(name in news) ? "delete" : "update");
    return {
      diff: Object.fromEntries(changed.map((name) => [name, { kind: kind(name), replace: false }])),
    };
  }

  async create(inputs: Props, context: Context): Promise<{ id: string; outputs: Props }> {
    const outputs = await this.update({ id: "", inputs, outputs: {} }, inputs, context);
    return { id: "__inputs" in outputs ? (inputs.imageName as string) : "", outputs };
  }

  read = (state: State): Promise<State> => Promise.resolve(state);

  async update(_: State, news: Props, context: Context): Promise<Props> {
    const dry = context.preview && (!news.buildOnPreview || some(news, isUnknown));
    return dry ? news : build(this.engine(), news, context);
  }

  /** The official provider leaves the image where it is. */
  delete = (): Promise<void> => Promise.resolve();
}
