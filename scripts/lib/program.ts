import * as pulumi from "@pulumi/pulumi";

type Inputs = Readonly<Record<string, unknown>>;

/** What the program asks to be there. */
export interface Declared {
  readonly type: string;
  readonly name: string;
  readonly inputs: Inputs;
  readonly protect: boolean;
}

/** What the program finds in place of an id that only the host could give. */
export const idOf = (name: string): string => `id-of-${name}`;

/** The name of a volume or container: its own, else one that stands for what Pulumi would choose. */
export const dockerNameOf = ({ name, inputs }: Pick<Declared, "name" | "inputs">): string =>
  typeof inputs["name"] === "string" ? inputs["name"] : `autonamed-${name}`;

/**
 * Runs the stack's program as `pulumi up` does, with nobody there who would make anything, and tells what it asks for.
 * Once per process: a module registers its resources when it is loaded.
 */
export async function declaredBy(
  id: { readonly project: string; readonly stack: string },
  config: Inputs,
): Promise<Declared[]> {
  const declared: Declared[] = [];
  const isProtected = new Set<string>();
  await pulumi.runtime.setMocks(mocksInto(declared, isProtected), id.project, id.stack);
  pulumi.runtime.setAllConfig(serialized(id.project, { ...config, audit: false }), [`${id.project}:secrets`]);
  await pulumi.runtime.runInPulumiStack(async () => {
    // The mocks are told nothing of a resource's options; a transformation is.
    pulumi.runtime.registerStackTransformation(({ type, name, opts }) => {
      if ((opts as pulumi.CustomResourceOptions).protect) isProtected.add(`${type} ${name}`);
      return undefined;
    });
    await import("../../index.ts");
    return {};
  });
  await pulumi.runtime.disconnect();
  return declared.sort((a, b) => (`${a.type} ${a.name}` < `${b.type} ${b.name}` ? -1 : 1));
}

function mocksInto(declared: Declared[], isProtected: ReadonlySet<string>): pulumi.runtime.Mocks {
  return {
    call: ({ token }) => {
      throw new Error(`the program asks the host for ${token}, which a drawing cannot answer`);
    },
    newResource: ({ type, name, inputs }) => {
      const resource = { type, name, inputs: inputs as Inputs, protect: isProtected.has(`${type} ${name}`) };
      declared.push(resource);
      return { id: idOf(name), state: { ...resource.inputs, ...computed(resource) } };
    },
  };
}

/** What a provider would compute, as far as the program hands it on. */
function computed(resource: Declared): Inputs {
  const standIn = idOf(resource.name);
  const outputs = { name: dockerNameOf(resource), result: standIn, hex: standIn, imageId: standIn };
  return { ...outputs, repoDigest: standIn, stdout: "", stderr: "" };
}

/** As the CLI hands settings over: objects and lists as JSON, everything else as plain text. */
function serialized(project: string, config: Inputs): Record<string, string> {
  const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [`${project}:${key}`, text(value)]));
}
