// Replays what the official plugins did against the stand-ins and, where they are on PATH, against the official ones
// again. It does not prove anything about properties that no case mentions.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { cleanUp, makeImages } from "./host.ts";
import { Plugin } from "./plugin.ts";
import { type CaseFile, replay } from "./replay.ts";

const ours = resolve(import.meta.dirname, "../../offline/bin");
const prefix = `conf-${process.pid}-`;
const image = `${prefix}base`;
const cases = join(import.meta.dirname, "cases");

/** The first such plugin on PATH that is not a stand-in. */
function official(plugin: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => resolve(folder) !== ours);
  return folders.map((folder) => join(folder, plugin)).find((path) => existsSync(path));
}

/** Plays all cases of a file side by side: some wait half a minute for something in use to become free. */
async function start(
  who: string,
  binary: string,
  name: string,
  { type, cases: all }: CaseFile,
): Promise<[Plugin, Record<string, Promise<unknown>>]> {
  const plugin = await Plugin.start(binary);
  const results = Object.entries(all).map(([title, one], index) => {
    const running = replay(plugin, type, one, `${prefix}${who}-${name.replace(".json", "")}-${index}-`, image);
    running.catch(() => {});
    return [title, running] as const;
  });
  return [plugin, Object.fromEntries(results)];
}

function suite(who: string, find: (plugin: string) => string | undefined): void {
  const files = readdirSync(cases).map(
    (name) => [name, JSON.parse(readFileSync(join(cases, name), "utf8")) as CaseFile] as const,
  );
  const running: Record<string, Record<string, Promise<unknown>>> = {};
  const plugins: Plugin[] = [];

  describe(who, function () {
    this.timeout(90_000);
    before(async function () {
      for (const [name, file] of files) {
        const binary = find(`pulumi-resource-${file.type.split(":")[0]!}`);
        if (!binary) return this.skip();
        const [plugin, results] = await start(who, binary, name, file);
        plugins.push(plugin);
        running[name] = results;
      }
    });
    after(async () => {
      plugins.forEach((plugin) => plugin.stop());
      await cleanUp(`${prefix}${who}`);
    });

    for (const [name, { type, recorded, cases: all }] of files) {
      describe(`${type}, as recorded with ${recorded.plugin}`, () => {
        for (const [title, one] of Object.entries(all)) {
          it(title, async () => assert.deepEqual(await running[name]![title], one.results));
        }
      });
    }
  });
}

describe("conformance", () => {
  before(async function () {
    this.timeout(60_000);
    await makeImages(image);
  });
  after(async function () {
    this.timeout(60_000);
    await cleanUp(prefix);
  });

  suite("stand-in", (plugin) => join(ours, plugin));
  // Skipped, and said to be, where the official plugins are not on PATH.
  suite("official", official);
});
