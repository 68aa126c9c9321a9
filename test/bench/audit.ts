// Run by `npm run bench`: what the audit of a stack takes inside the program. Prints JSON, in seconds.
import * as pulumi from "@pulumi/pulumi";
import { serialized, withDefaults } from "../support/config.ts";

/** How long it took to load the audit's part of the program, to ask the host first, and to ask it again. */
export interface AuditTimes {
  readonly load: number;
  readonly cold: number;
  readonly warm: readonly number[];
}

const WARM_ROUNDS = 5;

async function seconds(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return (performance.now() - start) / 1000;
}

const { stack, settings } = JSON.parse(process.env["BENCH"] ?? "") as { stack: string; settings: object };
await pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }, "onehost", stack);
pulumi.runtime.setAllConfig(serialized(withDefaults({ ...settings })));
const { readSettings } = await import("../../components/lib/settings.ts");
const read = readSettings();
const load = await seconds(() => import("../../components/preflight.ts"));
const { preflight } = await import("../../components/preflight.ts");
const cold = await seconds(() => preflight(read));
const warm: number[] = [];
for (let round = 0; round < WARM_ROUNDS; round++) warm.push(await seconds(() => preflight(read)));
console.log(JSON.stringify({ load, cold, warm } satisfies AuditTimes));
