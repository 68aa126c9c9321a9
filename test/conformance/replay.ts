// Runs one case against one plugin, playing the engine's part, and writes down what happened in comparable form.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { act, type Act, docker, Endings, freePort, look } from "./host.ts";
import { type Diff, type Json, Plugin, PluginError, type Props, type State } from "./plugin.ts";

/** Inputs of a step are laid over those of the last `up`; null takes a property away. */
export type Step =
  | { up: Props; ignoreChanges?: string[] }
  | { preview: Props; ignoreChanges?: string[] }
  | { refresh: true }
  | { destroy: true }
  | { host: Act };

export interface Case {
  readonly steps: Step[];
  results: Props[];
}

export interface CaseFile {
  readonly type: string;
  recorded: { plugin: string; engine: string };
  readonly cases: Record<string, Case>;
}

const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The names of a case's surroundings, by the placeholders that stand for them in case and result. */
type Names = Record<string, string>;

/** Folders have to be told apart from the names on the engine, which cleanUp() removes. */
function removeFolders(names: Names): void {
  for (const name of Object.keys(names).filter((one) => one.startsWith("$DIR")))
    rmSync(names[name]!, { recursive: true });
}

async function surroundings(prefix: string, image: string, text: string): Promise<Names> {
  const names: Names = { $IMAGE1_ID: "", $IMAGE2_ID: "", $IMAGE1: `${image}:1`, $IMAGE2: `${image}:2`, $IMAGE: image };
  for (const n of ["1", "2"]) names[`$IMAGE${n}_ID`] = (await docker.getImage(`${image}:${n}`).inspect()).Id;
  for (const name of new Set(text.match(/\$(NET|VOL|PORT|DIR)\d/g))) {
    names[name] = name.startsWith("$PORT") ? String(await freePort()) : `${prefix}${name.slice(1).toLowerCase()}`;
    if (name.startsWith("$DIR")) names[name] = mkdtempSync(join(tmpdir(), "conformance-"));
    if (name.startsWith("$NET")) await docker.createNetwork({ Name: names[name] });
    if (name.startsWith("$VOL")) await docker.createVolume({ Name: names[name] });
  }
  return { ...names, $PREFIX: prefix, $UNKNOWN: UNKNOWN };
}

const byLength = (names: Names) => Object.entries(names).sort(([a], [b]) => b.length - a.length);

/** Puts the real names in place of the placeholders. */
function filled(value: Json, names: Names): Json {
  if (Array.isArray(value)) return value.map((element) => filled(element, names));
  if (typeof value === "string") {
    if (/^\$PORT\d$/.test(value)) return Number(names[value]);
    return byLength(names).reduce((text, [placeholder, name]) => text.replaceAll(placeholder, name), value);
  }
  if (typeof value !== "object" || value === null) return value;
  if ("$secret" in value) return { ...SECRET, value: filled(value.$secret, names) };
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, filled(v, names)]));
}

/** Values that are new in every run. */
const volatile = /^(ipAddress|macAddress|gateway|mountpoint|result|hex|b64Std|b64Url|dec|id|hostname)$/;
/**
 * The bridge's help for reading its own states, which it does without; a hash that Node cannot make; and the name of the
 * default bridge, which an engine only tells when it was started with one of its own.
 */
const ignored = ["__pulumi_raw_state_delta", "bcryptHash", "bridge"];
/** Terraform takes these for one another, so a state may hold any of them. */
const empty = (value: Json) =>
  ["", 0, false, null].includes(value as null) || (typeof value === "object" && Object.keys(value!).length === 0);

/** The other way round: placeholders for names, marks for what is new in every run, and no empty values. */
function masked(value: Json, names: Names): Json {
  if (Array.isArray(value)) return value.map((element) => masked(element, names));
  if (typeof value === "number") {
    const port = Object.keys(names).find((name) => name.startsWith("$PORT") && names[name] === String(value));
    return port ?? (value >= 32768 && value < 65536 ? "<port>" : value);
  }
  if (typeof value === "string") return maskedText(value, names);
  if (typeof value !== "object" || value === null) return value;
  if (SECRET["4dabf18193072939515e22adb298388d"] === value["4dabf18193072939515e22adb298388d"])
    return { $secret: masked(value.value!, names) };
  const entries = Object.entries(value).filter(([key, v]) => !empty(v) && !ignored.includes(key));
  const shown = entries.map(([key, v]): [string, Json] => [
    maskedText(key, names),
    key === "contextDigest"
      ? v
      : (volatile.test(key) || engineChosen(key, v)) && v !== UNKNOWN && v !== ""
        ? `<${key}>`
        : ordered(key, masked(v, names)),
  ]);
  return Object.fromEntries(shown.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Lists that come in another order every time; sorted once their addresses, which change too, are masked. */
const ordered = (key: string, value: Json): Json =>
  ["networkDatas", "Mounts"].includes(key) && Array.isArray(value) ? value.sort(byText) : value;

/** Cases that ask for a subnet take it from here. */
const engineChosen = (key: string, value: Json) => key === "subnet" && !(value as string).startsWith("10.251.");

const byText = (a: Json, b: Json) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

function maskedText(text: string, names: Names): string {
  const named = Object.entries(names)
    .filter(([, name]) => name !== "")
    .sort(([, a], [, b]) => b.length - a.length)
    .reduce(
      (rest, [placeholder, name]) =>
        /^\d+$/.test(name)
          ? rest.replaceAll(new RegExp(`\\b${name}\\b`, "g"), placeholder)
          : rest.replaceAll(name, placeholder),
      text,
    );
  return (
    named
      // The engine's own words change with its version; that it refused is the point.
      .replace(/(Error response from daemon: )[^\n]*/g, "$1<its words>")
      .replace(/\b[0-9a-f]{64}\b/g, "<id>")
      .replace(/(subject-?)[0-9a-f]{7,8}\b/g, "$1<hex>")
      .replace(/\b[0-9a-f]{12}\b/g, "<short id>")
  );
}

function withoutSecrets(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  if ("4dabf18193072939515e22adb298388d" in value) return withoutSecrets(value.value!);
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, withoutSecrets(v)]));
}

const overlay = (base: Props, edit: Props): Props =>
  Object.fromEntries(Object.entries({ ...base, ...edit }).filter(([, value]) => value !== null));

/** What is different in the second, property by property; null for what is gone. */
function changed(before: Props, after: Props): Props {
  const keys = Object.keys({ ...before, ...after }).filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
  return Object.fromEntries(keys.map((key) => [key, after[key] ?? null]));
}

class Replay {
  private readonly urn: string;
  private program: Props = {};
  private state: State | undefined;

  constructor(
    private readonly plugin: Plugin,
    private readonly type: string,
    private readonly names: Names,
    private readonly endings: Endings,
  ) {
    // In a container's autoname, hence on the host: the prefix makes it one to clean up.
    this.urn = `urn:pulumi:conformance::case::${type}::${names.$PREFIX}subject`;
  }

  private mask = (value: Json) => masked(value, this.names);

  async step(step: Step): Promise<Props> {
    try {
      return await this.take(step);
    } catch (error) {
      if (!(error instanceof PluginError)) throw error;
      if (error.state) this.state = { ...error.state, inputs: this.state?.inputs ?? {} };
      return { error: this.mask(error.message), ...(error.state && { recorded: true }) };
    }
  }

  private async take(step: Step): Promise<Props> {
    if ("up" in step) return this.up(filled(step.up, this.names) as Props, step.ignoreChanges);
    if ("preview" in step) return this.preview(filled(step.preview, this.names) as Props, step.ignoreChanges);
    if ("refresh" in step) return this.refresh();
    if ("destroy" in step) return this.destroy();
    const known = { ...this.names, $ID: this.state?.id ?? "", $NAME: (this.state?.outputs.name ?? "") as string };
    await act(filled(step.host, known) as Act, this.state?.id ?? "", this.names.$IMAGE1!);
    return {};
  }

  /** How many faults are found counts, not the wording: the stand-ins say what to do about it. */
  private async checked(edit: Props): Promise<{ inputs: Props; failures: string[] }> {
    this.program = overlay(this.program, edit);
    const news = this.plugin.keepsSecrets ? this.program : (withoutSecrets(this.program) as Props);
    return this.plugin.check(this.urn, this.state?.inputs ?? {}, news);
  }

  private shown({ changes, replaces, deleteBeforeReplace, detailedDiff }: Diff): Props {
    return {
      changes,
      ...(replaces.length && { replaces, deleteBeforeReplace }),
      detailedDiff: this.mask(detailedDiff),
    };
  }

  private async preview(edit: Props, ignoreChanges?: string[]): Promise<Props> {
    const before = this.program;
    const { inputs, failures } = await this.checked(edit);
    this.program = before;
    if (failures.length) return { refused: failures.length };
    if (this.state) return this.shown(await this.plugin.diff(this.urn, this.state, inputs, ignoreChanges));
    const { outputs } = await this.plugin.create(this.urn, inputs, true);
    return { planned: this.mask({ ...outputs, __meta: null }) };
  }

  private async up(edit: Props, ignoreChanges?: string[]): Promise<Props> {
    const { inputs, failures } = await this.checked(edit);
    if (failures.length) return { refused: failures.length };
    if (!this.state) return this.create(inputs);
    const diff = await this.plugin.diff(this.urn, this.state, inputs, ignoreChanges);
    if (diff.changes === "none") return this.shown(diff);
    if (diff.replaces.length) return { ...this.shown(diff), ...(await this.replace(inputs, diff)) };
    const before = await look(this.type, this.state.id);
    const outputs = await this.plugin.update(this.urn, this.state, inputs);
    const host = changed((before ?? {}) as Props, ((await look(this.type, this.state.id)) ?? {}) as Props);
    const recorded = changed(this.mask(this.state.outputs) as Props, this.mask(outputs) as Props);
    this.state = { id: this.state.id, inputs, outputs };
    return { ...this.shown(diff), outputs: recorded, host: this.mask(host) };
  }

  private async create(inputs: Props): Promise<Props> {
    this.state = { ...(await this.plugin.create(this.urn, inputs)), inputs };
    const host = await look(this.type, this.state.id);
    return { inputs: this.mask(inputs), outputs: this.mask(this.state.outputs), host: this.mask(host) };
  }

  private async replace(inputs: Props, { deleteBeforeReplace }: Diff): Promise<Props> {
    const old = this.state!;
    // A fresh autoname, as the engine has one made for a replacement.
    const { inputs: fresh } = await this.plugin.check(this.urn, {}, withoutSecrets(this.program) as Props);
    const news = { ...inputs, ...("name" in fresh && { name: fresh.name! }) };
    if (deleteBeforeReplace) await this.plugin.delete(this.urn, old);
    await this.create(news);
    if (!deleteBeforeReplace) await this.plugin.delete(this.urn, old);
    return { replaced: true, ...(await this.ended(old.id)) };
  }

  private async ended(id: string): Promise<Props> {
    return this.type.endsWith(":Container") ? this.endings.of(id) : {};
  }

  private async refresh(): Promise<Props> {
    const old = this.state!;
    const found = await this.plugin.read(this.urn, old);
    this.state = found;
    if (!found) return { gone: true };
    const outputs = changed(this.mask(old.outputs) as Props, this.mask(found.outputs) as Props);
    const inputs = changed(this.mask(old.inputs) as Props, this.mask(found.inputs) as Props);
    return { outputs, inputs };
  }

  private async destroy(): Promise<Props> {
    const { id } = this.state!;
    await this.plugin.delete(this.urn, this.state!);
    this.state = undefined;
    return { left: (await look(this.type, id)) !== null, ...(await this.ended(id)) };
  }
}

/** The results of a case's steps, in order. Its things on the host begin with the prefix; clean them up by it. */
export async function replay(
  plugin: Plugin,
  type: string,
  { steps }: Pick<Case, "steps">,
  prefix: string,
  image: string,
): Promise<Props[]> {
  const names = await surroundings(prefix, image, JSON.stringify(steps));
  const endings = await Endings.listen();
  const run = new Replay(plugin, type, names, endings);
  const results: Props[] = [];
  try {
    for (const step of steps) results.push(await run.step(step));
  } finally {
    endings.stop();
    removeFolders(names);
  }
  return results;
}
