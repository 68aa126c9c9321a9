// Records official-state.json: node --import tsx test/conformance/takeover/record.ts <folder of the official plugins>
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeImages } from "../host.ts";
import { Stack } from "./stack.ts";

const [folder] = process.argv.slice(2);
if (!folder) throw new Error("record.ts: say where the official plugins are");
await makeImages("conformance/base");
const stack = await Stack.create();
const file = join(import.meta.dirname, "official-state.json");
try {
  await stack.pulumi(folder, "up", "--yes", "--skip-preview");
  await stack.pulumi(folder, "refresh", "--yes", "--skip-preview");
  await stack.pulumi(folder, "stack", "export", "--file", file);
  // Where things lie on this machine is nobody's business.
  const personal = (key: string, value: unknown) =>
    ["sourcePosition", "stackTrace", "mountpoint"].includes(key) ? undefined : value;
  writeFileSync(file, `${JSON.stringify(JSON.parse(readFileSync(file, "utf8"), personal), null, 2)}\n`);
} finally {
  await stack.pulumi(folder, "destroy", "--yes", "--skip-preview");
  stack.remove();
}
