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

function suite(who: string, find: (plugin: string) => string | undefined): void {
  for (const name of readdirSync(cases)) {
    const { type, recorded, cases: all } = JSON.parse(readFileSync(join(cases, name), "utf8")) as CaseFile;
    const binary = find(`pulumi-resource-${type.split(":")[0]!}`);
    describe(`${type}: ${who} as recorded with ${recorded.plugin}`, function () {
      this.timeout(60_000);
      let plugin: Plugin;
      const running: Record<string, Promise<unknown>> = {};

      before(async function () {
        if (!binary) this.skip();
        plugin = await Plugin.start(binary);
        // Side by side: some cases wait half a minute for something in use to become free.
        for (const [index, [title, one]] of Object.entries(all).entries()) {
          running[title] = replay(plugin, type, one, `${prefix}${who}-${name}-${index}-`.replaceAll(/[^a-z0-9-]/g, ""), image);
          running[title].catch(() => {});
        }
      });
      after(() => plugin?.stop());

      for (const [title, one] of Object.entries(all)) {
        it(title, async () => assert.deepEqual(await running[title], one.results));
      }
    });
  }
}

describe("conformance", () => {
  before(async function () {
    this.timeout(60_000);
    await makeImages(image);
  });
  after(() => cleanUp(prefix));

  suite("stand-in", (plugin) => join(ours, plugin));
  suite("official plugin", official);
});
