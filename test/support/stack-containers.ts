// Containers of a stack, as the scripts that look at one see them.
import type { StackContainer } from "../../scripts/lib/stack-containers.ts";

/** A container by its logical name; `serving` is what the edge's slots say of it. */
export function containerNamed(replica: string, serving?: boolean, end = "0a1b2c3"): StackContainer {
  const service = replica.replace(/-\d$/, "");
  const name = service === replica ? `onehost-dev-${replica}` : `onehost-dev-${replica}-${end}`;
  return { id: `id-of-${name}`, name, service, replica, image: `${service}:1`, serving };
}
