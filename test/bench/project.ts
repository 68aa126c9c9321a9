import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { root } from "../../scripts/lib/folders.ts";

/** Containers of a stack with one of each service: postgres, redis, backend, frontend, worker, beat, edge. */
export const SERVICES = 7;

/**
 * A folder with this project's program, changed so that the stack has `times` as many containers: the added ones are
 * web servers, which cost a machine next to nothing while they wait. No setting asks for so many.
 */
export function grownProject(folder: string, times: number): string {
  mkdirSync(folder, { recursive: true });
  for (const part of ["components", "node_modules", "package.json"]) symlinkSync(join(root, part), join(folder, part));
  cpSync(join(root, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
  const replicas = 1 + SERVICES * (times - 1);
  writeFileSync(join(folder, "index.ts"), grown(readFileSync(join(root, "index.ts"), "utf8"), replicas));
  return folder;
}

function grown(program: string, replicas: number): string {
  const call = "preflight(readSettings())";
  if (!program.includes(call))
    throw new Error(`index.ts does not say ${call}; say in ${import.meta.filename} what it says`);
  const settings = `((s) => ({ ...s, frontend: s.frontend && { ...s.frontend, replicas: ${replicas} } }))(readSettings())`;
  return program.replace(call, `preflight(${settings})`);
}

/** A Pulumi program that declares nothing. `loader`: as this project runs its own, or as `pulumi new typescript` does. */
export function emptyProject(folder: string, loader: "tsx" | "default"): string {
  mkdirSync(folder, { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const own = { name: "nodejs", options: { nodeargs: "--import tsx/esm", typescript: false } };
  const runtime = loader === "tsx" ? own : "nodejs";
  writeFileSync(join(folder, "Pulumi.yaml"), stringify({ name: "onehost-empty", main: "index.ts", runtime }));
  const type = loader === "tsx" ? "module" : "commonjs";
  const dependencies = { "@pulumi/pulumi": "*" };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "empty", type, main: "index.ts", dependencies }));
  const compilerOptions = {
    target: "es2020",
    module: "commonjs",
    moduleResolution: "node",
    strict: true,
    types: ["node"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["index.ts"] }));
  writeFileSync(join(folder, "index.ts"), 'import * as pulumi from "@pulumi/pulumi";\n');
  return folder;
}
