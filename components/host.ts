import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { fixedName, type StackId, stackLabels } from "./lib/names.ts";

export interface HostArgs {
  /** Address of the Docker Engine: `unix://…`, `ssh://user@host` or `tcp://…`. */
  readonly endpoint: string;
  readonly id: StackId;
}

/**
 * The Docker host that a stack lives on. Everything else is created through it.
 *
 * @example const host = new Host("host", { endpoint: "ssh://deploy@example.org", id });
 */
export class Host extends pulumi.ComponentResource {
  readonly endpoint: string;
  readonly id: StackId;
  private readonly provider: docker.Provider;

  constructor(name: string, args: HostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("onehost:index:Host", name, args, opts);
    this.endpoint = args.endpoint;
    this.id = args.id;
    this.provider = new docker.Provider(name, { host: args.endpoint }, { parent: this });
    this.registerOutputs({ endpoint: args.endpoint });
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
