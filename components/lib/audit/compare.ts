import type { StackId } from "../names.ts";
import type { SelfCheck, ServicePlan } from "../plan.ts";
import type { Finding } from "./finding.ts";
import { nameOf, type Seen, type SeenContainer } from "./seen.ts";
import { limitFindings } from "./limits.ts";
import { networkFindings, networksOf } from "./networks.ts";
import { stateFindings } from "./state.ts";

/** What a container is compared with. */
export interface Declared {
  readonly id: StackId;
  readonly plan: ServicePlan;
}

/** A finding, but for what is the same for all findings of a container. */
export type Difference = Omit<Finding, "service" | "on">;

/**
 * The one comparison of the audit: everything in which a container differs from its plan and that the provider's
 * refresh does not see. What refresh sees (memory, cpus, restart policy, name, image) is left to it.
 */
export function compare(declared: Declared, container: SeenContainer, seen: Seen): Finding[] {
  const differences = [
    ...stateFindings(declared.plan, container, seen),
    ...networkFindings(networksOf(declared.id, declared.plan), container.info),
    ...limitFindings(declared.plan, container.info, seen),
    ...reportFindings(declared.plan, container),
  ];
  return differences.map((difference) => ({ service: declared.plan.service, on: nameOf(container), ...difference }));
}

/** What the service's own check printed. */
function reportFindings({ service, check }: ServicePlan, { report }: SeenContainer): Difference[] {
  const lines = report.split("\n").filter((text) => text.includes("\t"));
  return lines.map((text) => {
    const [property = "", found = "", declared = ""] = text.split("\t");
    const wanted = declared === "" ? {} : { declared };
    return { property, found, ...wanted, ...reportCure(service, check?.repair, property) };
  });
}

function reportCure(
  service: string,
  repair: SelfCheck["repair"] | undefined,
  property: string,
): Pick<Difference, "cure" | "remedy" | "gap"> {
  if (property === "disk") {
    return { cure: "people", remedy: "make room, for example with docker system prune on the host", gap: false };
  }
  if (property === "readiness" || repair === undefined) {
    return { cure: "people", remedy: `look at what it says, and at its log: npm run logs -- ${service}`, gap: false };
  }
  if (repair === "switch") return { cure: "switch", remedy: "up writes it again", gap: false };
  if (repair === "restart") return { cure: "gate", remedy: `up restarts ${service}`, gap: true };
  return { cure: "gate", remedy: "up sets it back", gap: false };
}
