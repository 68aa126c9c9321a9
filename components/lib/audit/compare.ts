import type { StackId } from "../names.ts";
import type { SelfCheck, ServicePlan } from "../plan.ts";
import { linesOf } from "./report.ts";
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
  return linesOf(report).map(([property = "", found = "", declared = "", remedy]) => {
    const wanted = declared === "" ? {} : { declared };
    const forPeople = { cure: "people" as const, remedy: remedy ?? "", gap: false };
    const cure = check && remedy === undefined ? repairCure(service, check.repair) : forPeople;
    return { property, found, ...wanted, ...cure };
  });
}

function repairCure(service: string, repair: SelfCheck["repair"]): Pick<Difference, "cure" | "remedy" | "gap"> {
  if (repair === "switch") return { cure: "switch", remedy: "up writes it again", gap: false };
  if (repair === "restart") return { cure: "gate", remedy: `up restarts ${service}`, gap: true };
  return { cure: "gate", remedy: "up sets it back", gap: false };
}
