import { createRequire } from "node:module";

const require = createRequire(createRequire(import.meta.url).resolve("@pulumi/pulumi"));

/**
 * Lets a CommonJS module of the SDK load when something of it is first used. `__esModule` keeps compiled importers from
 * copying its exports at once.
 */
function defer(id: string): void {
  const file = require.resolve(id);
  if (require.cache[file] !== undefined) return;
  const whole = (): object => {
    if (require.cache[file] === stub) Reflect.deleteProperty(require.cache, file);
    return require(file) as object;
  };
  const get = (_: object, name: string | symbol): unknown => name === "__esModule" || Reflect.get(whole(), name);
  const stub = { id: file, filename: file, loaded: true, exports: new Proxy({}, { get }) } as NodeJS.Module;
  require.cache[file] = stub;
}

// Imported for these effects, by components/index.ts, before anything loads the SDK (3.248).

// The SDK loads the TypeScript compiler and npm's tree of packages, in three quarters of its own start, to turn
// functions into text. Nothing here does that.
["./typescript-shim.js", "@npmcli/arborist"].forEach(defer);

// The SDK takes a stack trace of every promise and resource. Its mapper of traces reads the sources' maps from disk, where
// tsx leaves none: a sixth of the program's time, for traces that say "index.ts:1:374". Node itself knows the maps.
Reflect.deleteProperty(Error, "prepareStackTrace");
