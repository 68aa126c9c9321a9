import * as pulumi from "@pulumi/pulumi";
import { tell } from "./findings.ts";
import type { Holder } from "./lib/audit/audit.ts";

/**
 * Says at preview that `up` will fail to make a resource, because something else has its Docker name. Labels prove
 * nothing: people copy them, and so does whatever recreates containers for new images. The ids in the state do; reading
 * them takes half a second (seen), so they are read only where the preview is about to make the resource.
 */
export function tellOfConflict(resource: pulumi.CustomResource, holder: Holder | undefined): void {
  if (holder === undefined || !pulumi.runtime.isDryRun()) return;
  // The SDK would not wait for what begins after the last answer of the engine.
  const done = pulumi.runtime.rpcKeepAlive();
  void compare(resource, holder).finally(done);
}

async function compare(resource: pulumi.CustomResource, { id, finding }: Holder): Promise<void> {
  if ((await isAboutToBeMade(resource)) && !(await idsOfState()).has(id)) tell(finding);
}

/** At preview, the id of what will be made or replaced is unknown. The SDK has no public question for that. */
async function isAboutToBeMade({ id }: pulumi.CustomResource): Promise<boolean> {
  try {
    return !(await (id as unknown as { isKnown: Promise<boolean> }).isKnown);
  } catch {
    // A registration that failed has said so itself.
    return false;
  }
}

interface Resource {
  readonly outputs: { readonly id?: string };
}

let ids: Promise<ReadonlySet<string | undefined>> | undefined;

/** As the last `up` left it: a preview does not write down what its refresh found. */
function idsOfState(): Promise<ReadonlySet<string | undefined>> {
  return (ids ??= readIds());
}

async function readIds(): Promise<ReadonlySet<string | undefined>> {
  const token = "pulumi:pulumi:readStackResourceOutputs";
  const answer = (await pulumi.runtime.invoke(token, { stackName: pulumi.getStack() })) as {
    readonly outputs: Readonly<Record<string, Resource>>;
  };
  return new Set(Object.values(answer.outputs).map(({ outputs }) => outputs.id));
}
