import { SECRETS_DIRECTORY } from "../container-args.ts";
import { fixedName, type StackId } from "../names.ts";
import type { ServicePlan } from "../plan.ts";
import { compare } from "./compare.ts";
import { type Cure, type Finding, triggeredBy } from "./finding.ts";
import { takenByContainer, takenByNetwork } from "./host.ts";
import { containersOf, isOfOurMake, nameOf, type Seen, type SeenContainer } from "./seen.ts";

/** Told of every finding, once. */
export type Report = (finding: Finding) => void;

/** Who has a name on the host, and what is to be said if it is not the one that Pulumi made. */
export interface Holder {
  readonly id: string;
  readonly finding: Finding;
}

type Triggers = ReturnType<typeof triggeredBy>;

/**
 * What the host has that the provider's refresh does not see, handed to the commands that cure it. With nothing seen
 * every answer is the same as with nothing found.
 */
export class Audit {
  private readonly findings: Finding[] = [];

  constructor(
    private readonly id: StackId,
    private readonly seen: Seen,
    private readonly report: Report,
  ) {}

  /** For the gate of a container resource. */
  cures(resource: string, plan: ServicePlan): Triggers {
    const serving = this.servingOf(resource);
    return this.triggers("gate", serving ? compare({ id: this.id, plan }, serving, this.seen) : []);
  }

  /** For the switch; asked after the edge's own findings. */
  switchCures(): Triggers {
    return triggeredBy(
      this.findings.filter(({ cure }) => cure === "switch"),
      this.seen.at,
    );
  }

  /** For the fill of a volume of secrets. */
  fillCures(resource: string): Triggers {
    const volume = new RegExp(`^${fixedName(this.id, resource)}-[0-9a-f]{7}$`);
    const newestFirst = [...this.seen.containers].sort((a, b) => b.info.Created.localeCompare(a.info.Created));
    for (const { info, secrets } of newestFirst) {
      const name = info.Mounts.find(({ Destination }) => Destination === SECRETS_DIRECTORY)?.Name ?? "";
      if (volume.test(name)) return this.triggers("fill", secretFindings(resource, name, secrets));
    }
    return this.triggers("fill", []);
  }

  /** For the command that gives a volume of a fixed name its owner: a new one in place of one that was removed. */
  seedCures(resource: string, volume: string | undefined): Triggers {
    const isGone = volume !== undefined && this.seen.at.getTime() > 0 && !this.seen.volumes.includes(volume);
    return this.triggers("fill", isGone && this.seen.containers.length > 0 ? [goneVolume(resource, volume)] : []);
  }

  /** What to say where a container of a fixed name is about to be made: the host has one, and its id. */
  containerNamed(resource: string): Holder | undefined {
    const holder = this.seen.containers.find((container) => nameOf(container) === fixedName(this.id, resource));
    return holder && isOfOurMake(holder)
      ? { id: holder.info.Id, finding: takenByContainer(resource, holder) }
      : undefined;
  }

  /** The same of a network. One without the stack's labels was told of already. */
  networkNamed(name: string): Holder | undefined {
    const holder = this.seen.networks.find((network) => network.isLabelled && network.name === name);
    return holder && { id: holder.id, finding: takenByNetwork(name) };
  }

  private triggers(cure: Cure, findings: readonly Finding[]): Triggers {
    this.findings.push(...findings);
    findings.forEach(this.report);
    return triggeredBy(
      findings.filter((finding) => finding.cure === cure),
      this.seen.at,
    );
  }

  /**
   * The container that serves. While a release is unfinished there are two of a rolling service: the older one serves,
   * and what is to be said of the newer one its gate says.
   */
  private servingOf(resource: string): SeenContainer | undefined {
    return containersOf(this.seen, this.id, resource)[0];
  }
}

function secretFindings(service: string, on: string, secrets: readonly string[]): Finding[] {
  if (secrets.length === 0) return [];
  const found = secrets.join(", ");
  const declared = "as the last up wrote them";
  const remedy = "up writes them again";
  return [{ service, on, property: "secret files", found, declared, cure: "fill", remedy, gap: false }];
}

function goneVolume(service: string, on: string): Finding {
  const remedy = "up makes a new, empty one; restore it from a backup if there was data on it";
  return { service, on, property: "volume", found: "gone", declared: "present", cure: "fill", remedy, gap: true };
}
