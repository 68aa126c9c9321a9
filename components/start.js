// Node runs this before the SDK's own start (`nodeargs` in Pulumi.yaml). The SDK then runs the last argument: the program.
import { renameSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import process from "node:process";
import { build } from "esbuild";
import { loadLeanSdk } from "./lean-sdk.js";

const FOLDER = "node_modules/.cache/onehost";
const BUNDLE = `${FOLDER}/index.js`;

/**
 * Makes one file of the program's modules: Node loads it five times as fast as 90 of them through a loader (decision 16).
 *
 * @param {string} program
 */
async function bundle(program) {
  const { outputFiles } = await build({
    entryPoints: [program],
    ...{ outfile: BUNDLE, write: false, bundle: true, external: ["@pulumi/*", "dockerode"] },
    ...{ format: "esm", platform: "node", target: `node${process.versions.node}` },
    ...{ sourcemap: "inline", sourcesContent: false, logLevel: "error" },
  });
  await mkdir(FOLDER, { recursive: true });
  // Another run may be reading the last one.
  const own = `${BUNDLE}.${process.pid}`;
  for (const { contents } of outputFiles) writeFileSync(own, contents);
  renameSync(own, BUNDLE);
}

// CommonJS in the bundle asks for Node's own modules by it.
Object.assign(globalThis, { require: createRequire(import.meta.url) });

// esbuild is a process of its own.
const bundled = bundle(process.argv.at(-1) ?? "");
loadLeanSdk();
try {
  await bundled;
  process.argv.splice(-1, 1, BUNDLE);
} catch (error) {
  // What is wrong with the program esbuild has said. Where the folder cannot be written, the modules go the slow way.
  if (!(error instanceof Error && "syscall" in error)) throw error;
  const { register } = await import("tsx/esm/api");
  register();
}
