import { nameOf, type Operation, operationOf, type Step, typeOf } from "../../../../scripts/lib/preview-step.ts";

/** What a change of settings does to resources, by operation: `{ replace: ["Container edge"], update: ["Command switch"] }`. */
export type Effect = Readonly<Partial<Record<Operation, readonly string[]>>>;

/** Properties of a container that its provider changes on the host; of all others an update is a mere claim. */
const IN_PLACE = ["memory", "memorySwap", "restart"];

/**
 * Reads the JSON that a preview prints. Components are left out: they are no more than what is in them.
 * @throws Error when a container would be "updated" in something that the provider only says it updates.
 */
export function effectOf(preview: string): Effect {
  const { steps } = JSON.parse(preview.slice(preview.indexOf("{"))) as { steps: Step[] };
  const effect: Partial<Record<Operation, Set<string>>> = {};
  for (const step of steps.filter(({ urn }) => isResource(urn))) {
    const operation = operationOf(step);
    if (operation === undefined) continue;
    refuseClaims(step);
    (effect[operation] ??= new Set()).add(titleOf(step.urn));
  }
  const lists = Object.entries(effect).map(([operation, names]) => [operation, [...names].sort()]);
  return Object.fromEntries(lists.sort()) as Effect;
}

function refuseClaims(step: Step): void {
  if (step.op !== "update" || !step.urn.includes("docker:index/container:Container::")) return;
  const claims = Object.keys(step.detailedDiff ?? {}).filter((property) => !IN_PLACE.includes(property));
  if (claims.length > 0) throw new Error(`${titleOf(step.urn)}: nothing would change of ${claims.join(", ")}`);
}

const isResource = (urn: string): boolean => /^(docker|random|command|pulumi:providers):/.test(typeOf(urn));

/** `Container edge`, `Provider host`. */
function titleOf(urn: string): string {
  const type = typeOf(urn).startsWith("pulumi:providers:") ? "Provider" : typeOf(urn).split(":").at(-1);
  return `${type ?? ""} ${nameOf(urn)}`;
}
