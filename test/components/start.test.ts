// It does not prove how much time is saved: `npm run bench` measures that.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

const ROOT = join(import.meta.dirname, "../..");

/** As the SDK's runner ends: with what the last argument names. */
const RUNNER = "await import(`${process.cwd()}/${process.argv.at(-1)}`);";

const LOADED = `
  import { createRequire } from "node:module";
  const loaded = Object.entries(createRequire(import.meta.url).cache).filter(([, { children }]) => children !== undefined);
  const isLoaded = (part: string): boolean => loaded.some(([file]) => file.includes(part));`;

describe("start", function () {
  this.timeout(20_000);

  let folder = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "onehost-start-"));
    mkdirSync(join(folder, "node_modules"));
    for (const name of ["@pulumi", "dockerode", "tsx"])
      symlinkSync(join(ROOT, "node_modules", name), join(folder, "node_modules", name));
    writeFileSync(join(folder, "run.js"), RUNNER);
    writeFileSync(join(folder, "package.json"), '{ "type": "module", "dependencies": { "dockerode": "*" } }');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  /** How a program of these modules ends, run as Pulumi runs ours. */
  async function run(modules: Record<string, string>) {
    for (const [name, text] of Object.entries(modules)) writeFileSync(join(folder, name), text);
    const args = ["--import", join(ROOT, "components/start.js"), "run.js", "index.ts"];
    const { exitCode, stdout, stderr } = await execa("node", args, { cwd: folder, reject: false });
    return { exitCode, stdout, stderr };
  }

  it("makes one file of the program's modules, and gives it to the SDK in the program's place", async () => {
    const { stdout } = await run({
      "index.ts": 'import { answer } from "./part.ts"; console.log(answer as number, process.argv.at(-1));',
      "part.ts": "export const answer: unknown = 42;",
    });
    assert.equal(stdout, "42 node_modules/.cache/onehost/index.js");
  });

  it("loads the modules one by one where the file cannot be written", async () => {
    writeFileSync(join(folder, "node_modules/.cache"), "no folder");
    const { stdout } = await run({
      "index.ts": 'import { answer } from "./part.ts"; console.log(answer as number, process.argv.at(-1));',
      "part.ts": "export const answer: unknown = 42;",
    });
    assert.equal(stdout, "42 index.ts");
  });

  it("leaves the SDK to be the one that the runner has", async () => {
    const { stdout } = await run({
      "index.ts": `import { createRequire } from "node:module"; import * as pulumi from "@pulumi/pulumi";
        const own = createRequire(import.meta.url)("@pulumi/pulumi"); console.log(own.Output === pulumi.Output);`,
    });
    assert.equal(stdout, "true");
  });

  it("lets a trace name the line of the source", async () => {
    const { stdout } = await run({
      "index.ts": 'import { fail } from "./part.ts"; try { fail(); } catch ({ stack }) { console.log(stack); }',
      "part.ts":
        'interface Nothing {\n  none: never;\n}\nexport function fail(): Nothing {\n  throw new Error("no");\n}\n',
    });
    assert.match(stdout, /^Error: no\n {4}at fail \(.*\/part\.ts:5:9\)\n/);
  });

  it("says where a program cannot be read", async () => {
    const { exitCode, stderr } = await run({ "index.ts": "const a = 1;\nconst b = ;\n" });
    assert.equal(exitCode, 1);
    assert.match(stderr, /Unexpected ";"\n\n {4}index\.ts:2:10:\n/);
  });

  it("loads neither the TypeScript compiler, nor npm's tree of packages, nor a debugger", async () => {
    const { stdout } = await run({
      "index.ts": `${LOADED}
        console.log(["/typescript/lib/", "/arborist/lib/", "/v8Hooks.js", "@pulumi/pulumi/output.js"].map(isLoaded).join());`,
    });
    assert.equal(stdout, "false,false,false,true");
  });

  it("loads them for who needs them", async () => {
    const { stdout } = await run({
      "index.ts": `import { runtime } from "@pulumi/pulumi";
        const { text } = await runtime.serializeFunction(() => 41 + 1);
        console.log(text.includes("41 + 1"), (await runtime.computeCodePaths()).size > 0);`,
    });
    assert.equal(stdout, "true true");
  });

  it("leaves the SDK to say which promise never settled", async () => {
    const leak = `import { createRequire } from "node:module";
      const { debuggablePromise } = createRequire(import.meta.url)("@pulumi/pulumi/runtime/debuggable.js");
      void debuggablePromise(new Promise(() => undefined), "of the test");`;
    const { exitCode, stderr } = await run({ "index.ts": leak });
    assert.equal(exitCode, 1);
    assert.match(stderr, /detected that 1 promise was still active/);
  });

  it("leaves traces of the program's own errors as they are", async () => {
    const { stdout } = await run({
      "index.ts": `import { createRequire as from } from "node:module";
        const { debuggablePromise } = from(import.meta.url)("@pulumi/pulumi/runtime/debuggable.js");
        await debuggablePromise(Promise.resolve(), "of the test");
        console.log(Error.stackTraceLimit > 0);`,
    });
    assert.equal(stdout, "true");
  });
});
