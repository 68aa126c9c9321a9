import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { changed } from "../../../support/config.ts";
import { type Run, type StackSettings, TestStack } from "../stack.ts";
import type { Values } from "./edit.ts";
import type { Effect } from "./effect.ts";
import { effectOf } from "./effect.ts";

/** A stack whose settings change one by one. */
export class EditedStack extends TestStack {
  private settings: StackSettings = {};
  private previews = 0;

  /** Replaces all settings. */
  override async configure(settings: StackSettings): Promise<void> {
    this.settings = settings;
    await super.configure(settings);
  }

  /** Changes some settings; all others stay as they are. */
  async change(values: Values): Promise<void> {
    await this.configure(withValues(this.settings, values));
  }

  /** What a preview says of some changed settings, and nothing but them: drift is not looked for. */
  async previewOf(values: Values): Promise<Run> {
    const file = `${this.file}.${this.previews++}.yaml`;
    const present = parse(await readFile(this.file, "utf8")) as { config: object };
    const settings = Object.entries(withValues(this.settings, values));
    const config = Object.fromEntries(settings.map(([key, value]) => [`onehost:${key}`, value]));
    const path = join(this.folder, file.split("/").at(-1) as string);
    await writeFile(path, stringify({ ...present, config }));
    return this.pulumi("preview", "--json", "--refresh=false", "--config-file", path);
  }

  /** What some changed settings would do to the host. */
  async effectOf(values: Values): Promise<Effect> {
    const { exitCode, output } = await this.previewOf(values);
    if (exitCode !== 0) throw new Error(output);
    return effectOf(output);
  }

  /** Where files of a run go that must not lie in the project. */
  folder = "";
}

function withValues(settings: StackSettings, values: Values): StackSettings {
  return Object.entries(values).reduce<Record<string, unknown>>((all, [key, value]) => changed(all, key, value), {
    ...settings,
  });
}
