// Records the results of the cases: node --import tsx test/conformance/record.ts <folder of the official plugins> [file…]
// The cases' steps are written by hand in cases/*.json; only `results` and `recorded` are rewritten.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cleanUp, docker, makeImages } from "./host.ts";
import { Plugin } from "./plugin.ts";
import { type CaseFile, replay } from "./replay.ts";

const [folder, ...only] = process.argv.slice(2);
if (!folder) throw new Error("record.ts: say where the official plugins are");
const cases = join(import.meta.dirname, "cases");
const prefix = `conf-${process.pid}-`;
const versions: Record<string, string> = { docker: "5.2.0", random: "4.21.2", command: "1.2.1" };

await makeImages(`${prefix}base`);
for (const name of readdirSync(cases).filter((file) => only.length === 0 || only.includes(file))) {
  const file = JSON.parse(readFileSync(join(cases, name), "utf8")) as CaseFile;
  const pkg = file.type.split(":")[0]!;
  const plugin = await Plugin.start(join(folder, `pulumi-resource-${pkg}`));
  await Promise.all(
    Object.entries(file.cases).map(async ([title, one], index) => {
      one.results = await replay(plugin, file.type, one, `${prefix}${pkg}-${index}-`, `${prefix}base`).catch(
        (error: unknown) => {
          throw new Error(`${name}, ${title}: ${String(error)}`, { cause: error });
        },
      );
    }),
  );
  plugin.stop();
  file.recorded = {
    plugin: `pulumi-resource-${pkg} ${versions[pkg]!}`,
    engine: ((await docker.version()) as { Version: string }).Version,
  };
  writeFileSync(join(cases, name), `${JSON.stringify(file, null, 2)}\n`);
}
await cleanUp(prefix);
execFileSync("npx", ["prettier", "--write", "--log-level", "warn", cases], { stdio: "inherit" });
