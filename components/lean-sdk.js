import { createRequire } from "node:module";
import process from "node:process";

const require = createRequire(createRequire(import.meta.url).resolve("@pulumi/pulumi"));

/** @typedef {(...args: unknown[]) => unknown} Callable */

/**
 * Lets a CommonJS module load when something of it is first used. `__esModule` keeps compiled importers from copying its
 * exports at once.
 *
 * @param {string} id
 * @param {Readonly<Record<string, unknown>>} [known] answers that need nothing of the module
 */
function defer(id, known = {}) {
  const file = require.resolve(id);
  const whole = () => {
    if (require.cache[file] === stub) Reflect.deleteProperty(require.cache, file);
    return /** @type {Callable} */ (require(file));
  };
  /** @type {(target: object, name: string | symbol) => unknown} */
  const get = (_, name) => name === "__esModule" || (Reflect.get(known, name) ?? Reflect.get(whole(), name));
  const exports = new Proxy(/** @type {Callable} */ (() => undefined), {
    ...{ get, apply: (_, self, args) => Reflect.apply(whole(), self, args) },
  });
  const stub = /** @type {NodeJS.Module} */ ({ id: file, filename: file, loaded: true, exports });
  require.cache[file] = stub;
}

/** @typedef {{ debuggablePromise: (promise: Promise<unknown>, context: string) => Promise<unknown> }} Debuggable */

/** The SDK keeps a stack trace of every promise, for who asks about those that never settle (PULUMI_DEBUG_PROMISE_LEAKS). */
function takeNoTraces() {
  const debuggable = /** @type {Debuggable} */ (require("./runtime/debuggable.js"));
  const { debuggablePromise } = debuggable;
  debuggable.debuggablePromise = (promise, context) => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(promise, context);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  };
}

/** Loads the SDK (3.248) without what this program has no use for. Figures are in docs/decisions/0012-a-lean-sdk.md. */
export function loadLeanSdk() {
  // The TypeScript compiler and npm's tree of packages, three quarters of the SDK's own start, turn functions into text.
  ["./typescript-shim.js", "@npmcli/arborist"].forEach((id) => defer(id));
  // So does a debugger, which is attached to all that runs.
  defer("./runtime/closure/v8Hooks.js", { isInitializedAsync: () => Promise.resolve() });
  // Its mapper of traces, which every resource asks where it is from, does over again what Node itself does.
  defer("source-map-support/register");
  process.setSourceMapsEnabled(true);
  ["dockerode/lib/session.js", "docker-modem/lib/ssh.js"].forEach((id) => defer(id));
  require("@pulumi/pulumi");
  if (!process.env["PULUMI_DEBUG_PROMISE_LEAKS"]) takeNoTraces();
}
