// It does not prove how much time is saved: `npm run bench` measures that.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");
const SOURCE = join(ROOT, "components/engine/archive.ts");

/** What a program prints that runs as Pulumi runs ours: with the SDK's mapper of traces installed before it. */
function output(program: string): string {
  const args = ["--require", "source-map-support/register", "--import", "tsx/esm", "--input-type=module"];
  return execFileSync("node", [...args, "--eval", program], {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
}

const LOADED = `
  import { createRequire } from "node:module";
  const files = () => Object.keys(createRequire(import.meta.url).cache);
  const isLoaded = () => files().some((file) => /\\/(typescript\\/lib\\/typescript|arborist\\/lib\\/arborist\\/index)\\.js$/.test(file));`;

describe("lean SDK", function () {
  this.timeout(20_000);

  it("loads neither the TypeScript compiler nor npm's tree of packages", () => {
    const program = `${LOADED} import "./components/index.ts"; console.log(isLoaded());`;
    assert.equal(output(program), "false\n");
  });

  it("loads them for who needs them", () => {
    const program = `${LOADED}
      import "./components/index.ts";
      import { runtime } from "@pulumi/pulumi";
      const { text } = await runtime.serializeFunction(() => 41 + 1);
      const paths = await runtime.computeCodePaths();
      console.log(text.includes("41 + 1"), paths.size > 0, isLoaded());`;
    assert.equal(output(program), "true true true\n");
  });

  it("lets a trace name the line of the source", () => {
    const program = `
      import "./components/index.ts";
      import { parseOwner } from "./components/engine/archive.ts";
      try { parseOwner("root"); } catch ({ stack }) { console.log(stack.split("\\n")[1]); }`;
    const line =
      1 +
      readFileSync(SOURCE, "utf8")
        .split("\n")
        .findIndex((text) => text.includes("must be uid:gid"));
    assert.match(output(program), new RegExp(`${SOURCE}:${line}:\\d+\\)\n$`));
  });
});
