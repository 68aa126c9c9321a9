import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { tell } from "./findings.ts";
import { Audit } from "./lib/audit/audit.ts";
import { NOTHING_SEEN, type Seen } from "./lib/audit/seen.ts";
import { fixedName, type StackId, stackLabels } from "./lib/names.ts";

export interface HostArgs {
  /** Address of the Docker Engine: `unix://…`, `ssh://user@host` or `tcp://…`. */
  readonly endpoint: string;
  readonly id: StackId;
  /** What the host has, when it was looked at. @default - nothing is known of it */
  readonly seen?: Seen;
}

/**
 * The Docker host that a stack lives on. Everything else is created through it.
 *
 * @example const host = new Host("host", { endpoint: "ssh://deploy@example.org", id });
 */
export class Host extends pulumi.ComponentResource {
  readonly endpoint: string;
  readonly id: StackId;
  /** What was found on the host that no refresh sees, for whoever cures it. */
  readonly audit: Audit;
  private readonly provider: docker.Provider;

  constructor(name: string, { endpoint, id, seen }: HostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("onehost:index:Host", name, { endpoint, id }, opts);
    this.endpoint = endpoint;
    this.id = id;
    this.audit = new Audit(id, seen ?? NOTHING_SEEN, tell);
    this.provider = new docker.Provider(name, { host: endpoint }, { parent: this });
    this.registerOutputs({ endpoint });
  }

  /** Options for a component whose children live on this host. */
  carry(opts: pulumi.ComponentResourceOptions = {}): pulumi.ComponentResourceOptions {
    return { ...opts, providers: { docker: this.provider } };
  }

  /** A Docker name that is unique to this stack. */
  nameOf(part: string): string {
    return fixedName(this.id, part);
  }

  /** Labels that every Docker resource of the stack carries. */
  get labels(): Record<string, string> {
    return stackLabels(this.id);
  }
}
