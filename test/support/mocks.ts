// Runs index.ts under Pulumi's mocks and keeps what the engine was asked to register, options included.
import * as pulumi from "@pulumi/pulumi";
import { getMonitor } from "@pulumi/pulumi/runtime/settings.js";
import { serialized } from "./config.ts";

type Inputs = Record<string, unknown>;

/** One registration, as it reached the engine. */
export interface Registered {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  readonly inputs: Inputs;
  /** URN of the parent; empty for none. */
  readonly parent: string;
  /** URN and id of the provider that it was explicitly given; empty for none. */
  readonly provider: string;
  readonly protect: boolean;
  /** Undefined where the program leaves it to the provider. */
  readonly deleteBeforeReplace: boolean | undefined;
  readonly replaceOnChanges: string[];
  readonly ignoreChanges: string[];
  readonly secretOutputs: string[];
  /** URNs that must exist before, for whatever reason. */
  readonly dependencies: string[];
  /** URNs by the input that they feed. */
  readonly inputDependencies: Record<string, string[]>;
}

/** What a program registered. */
export class Registrations {
  constructor(
    readonly all: readonly Registered[],
    /** Outputs that components and the stack registered, by URN. */
    private readonly outputs: ReadonlyMap<string, Inputs>,
  ) {}

  outputsOf({ urn }: Registered): Inputs {
    return this.outputs.get(urn) ?? {};
  }

  /** The one resource of a type (its last part suffices) and name. */
  find(type: string, name: string): Registered {
    const [found, ...more] = this.ofType(type).filter((resource) => resource.name === name);
    if (!found || more.length > 0) throw new Error(`${found ? "several" : "no"} ${type} named ${name}`);
    return found;
  }

  ofType(type: string): Registered[] {
    return this.all.filter((resource) => resource.type === type || resource.type.endsWith(`:${type}`));
  }

  at(urn: string): Registered {
    const found = this.all.find((resource) => resource.urn === urn);
    if (!found) throw new Error(`nothing is registered as ${urn}`);
    return found;
  }

  /**
   * Everything that exists before a resource is created. A component is registered once all that it depends on exists,
   * and its children only after it, so they wait for the same.
   */
  before(resource: Registered, seen = new Set<Registered>()): Set<Registered> {
    const direct = resource.parent === "" ? resource.dependencies : [resource.parent, ...resource.dependencies];
    for (const earlier of direct.map((urn) => this.at(urn)).filter((candidate) => !seen.has(candidate)))
      this.before(earlier, seen.add(earlier));
    return seen;
  }
}

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** Whether a recorded input reached the engine marked as secret. */
export function isSecret(value: unknown): value is { value: unknown } {
  return typeof value === "object" && value !== null && (value as Inputs)[SIGNATURE] === SECRET;
}

/** A recorded value with its secrets replaced, and what is undefined left out. */
export function redacted(value: unknown): unknown {
  if (isSecret(value)) return "[secret]";
  if (Array.isArray(value)) return value.map(redacted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.map(([key, inner]) => [key, redacted(inner)]));
}

/** The type of a resource's parent, from its URN; empty for the stack itself. */
export function parentType(urn: string): string {
  return (urn.split("::")[2] as string).split("$").at(-2) ?? "";
}

/** The password that the mocks generate for a resource: a text that is found wherever it leaks. */
export function generated(name: string): string {
  return `generated-for-${name}`;
}

/** What providers would compute. Ids name their resource and are no names, as on a real host. */
function computed(type: string, name: string, inputs: Inputs): Inputs {
  const outputs: Record<string, () => Inputs> = {
    "random:index/randomPassword:RandomPassword": () => ({ result: generated(name) }),
    "random:index/randomId:RandomId": () => ({ hex: `hex-of-${name}` }),
    "docker:index/remoteImage:RemoteImage": () => ({ imageId: `sha256:${name}` }),
    "docker:index/image:Image": () => ({ repoDigest: `sha256:${name}` }),
    "docker:index/container:Container": () => ({ name: inputs["name"] ?? `autonamed-${name}` }),
    "docker:index/volume:Volume": () => ({ name: inputs["name"] ?? `autonamed-${name}` }),
    "docker:index/network:Network": () => ({}),
    "command:local:Command": () => ({ stdout: "", stderr: "" }),
  };
  const compute = outputs[type];
  if (!compute && !type.startsWith("pulumi:providers:")) throw new Error(`the mocks know no ${type}`);
  return compute?.() ?? {};
}

/** The parts of the engine's protocol that are read here; the package has no types for its mock monitor's requests. */
interface Request {
  getType(): string;
  getName(): string;
  getCustom(): boolean;
  getParent(): string;
  getProvider(): string;
  getProtect(): boolean;
  getDeletebeforereplace(): boolean;
  getDeletebeforereplacedefined(): boolean;
  getReplaceonchangesList(): string[];
  getIgnorechangesList(): string[];
  getAdditionalsecretoutputsList(): string[];
  getDependenciesList(): string[];
  getPropertydependenciesMap(): { forEach(visit: (value: { getUrnsList(): string[] }, key: string) => void): void };
}

function describeRequest(urn: string, request: Request, inputs: Inputs): Registered {
  const inputDependencies: Record<string, string[]> = {};
  request.getPropertydependenciesMap().forEach((value, key) => (inputDependencies[key] = value.getUrnsList().sort()));
  return {
    urn,
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    inputs,
    parent: request.getParent(),
    provider: request.getProvider(),
    protect: request.getProtect(),
    deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
    replaceOnChanges: request.getReplaceonchangesList(),
    ignoreChanges: request.getIgnorechangesList(),
    secretOutputs: request.getAdditionalsecretoutputsList(),
    dependencies: request.getDependenciesList().sort(),
    inputDependencies,
  };
}

type Respond = (error: unknown, response: { getUrn(): string } | undefined) => void;
interface Monitor {
  registerResource(request: Request, respond: Respond): Promise<void>;
  registerResourceOutputs(request: OutputsRequest, respond: (error: unknown, response: unknown) => void): void;
}
interface OutputsRequest {
  getUrn(): string;
  getOutputs(): { toJavaScript(): Inputs };
}

/**
 * Mocks that keep every registration. They are told nothing of a resource's options, so the request itself is looked at
 * on its way; it also names the outputs that the engine would mark as secret, which the mocks then do in its place.
 */
class Recorder {
  readonly all: Registered[] = [];
  readonly outputs = new Map<string, Inputs>();
  private readonly under = new Map<string, { request: Request; inputs: Inputs }>();

  constructor(private readonly preview: boolean) {}

  readonly mocks: pulumi.runtime.Mocks = {
    call: ({ token }) => {
      throw new Error(`the mocks answer no call, and so not ${token}`);
    },
    newResource: ({ type, name, custom, inputs }) => {
      const entry = this.under.get(`${type} ${name}`) as { request: Request; inputs: Inputs };
      entry.inputs = inputs as Inputs;
      if (!custom) return { id: undefined, state: {} };
      if (this.preview) return { id: undefined, state: entry.inputs };
      return { id: `id-of-${name}`, state: this.stateOf(entry.request, entry.inputs) };
    },
  };

  /** Looks at everything that a monitor is asked to register. */
  watch(monitor: Monitor): void {
    const registerOutputs = monitor.registerResourceOutputs.bind(monitor);
    monitor.registerResourceOutputs = (request, respond) => {
      this.outputs.set(request.getUrn(), request.getOutputs().toJavaScript());
      registerOutputs(request, respond);
    };
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = (request, respond) => {
      const entry = { request, inputs: {} };
      this.under.set(`${request.getType()} ${request.getName()}`, entry);
      return register(request, (error, response) => {
        if (response) this.all.push(describeRequest(response.getUrn(), request, entry.inputs));
        respond(error, response);
      });
    };
  }

  private stateOf(request: Request, inputs: Inputs): Inputs {
    const state: Inputs = { ...inputs, ...computed(request.getType(), request.getName(), inputs) };
    const secret = request.getAdditionalsecretoutputsList().filter((key) => key in state);
    return { ...state, ...Object.fromEntries(secret.map((key) => [key, pulumi.secret(state[key])])) };
  }
}

export interface Run {
  readonly stack: string;
  /** The merged configuration, without the project's name before its keys. */
  readonly config: Record<string, unknown>;
  /** Whether nothing is known yet that only a provider computes. @default false */
  readonly preview?: boolean;
  /** What the program finds in its environment. @default - no word on Docker or images */
  readonly environment?: Readonly<Record<string, string>>;
}

let runs = 0;
let last: Promise<unknown> = Promise.resolve();

/** Runs the whole program, as `pulumi up` does, and waits until nothing more is registered. */
export function runProgram(run: Run): Promise<Registrations> {
  // One at a time: mocks, configuration and environment are the process' own.
  const next = last.then(() => runAlone(run));
  last = next.catch(() => undefined);
  return next;
}

async function runAlone(run: Run): Promise<Registrations> {
  const recorder = new Recorder(run.preview ?? false);
  await pulumi.runtime.setMocks(recorder.mocks, "onehost", run.stack, run.preview);
  recorder.watch(getMonitor() as unknown as Monitor);
  pulumi.runtime.setAllConfig(serialized(run.config), "secrets" in run.config ? ["onehost:secrets"] : []);
  const restore = enterEnvironment(run.environment ?? {});
  try {
    // A query makes it a new module, so that it registers everything once more.
    const program = (): Promise<Inputs> => import(`../../index.ts?run=${runs++}`) as Promise<Inputs>;
    await pulumi.runtime.runInPulumiStack(async () => ({ ...(await program()) }));
    await pulumi.runtime.disconnect();
    return new Registrations(recorder.all, recorder.outputs);
  } finally {
    restore();
  }
}

function enterEnvironment(variables: Readonly<Record<string, string>>): () => void {
  const { DOCKER_HOST, ONEHOST_IMAGES } = process.env;
  const enter = (wanted: Readonly<Record<string, string | undefined>>): void => {
    for (const key of ["DOCKER_HOST", "ONEHOST_IMAGES"])
      if (wanted[key] === undefined) delete process.env[key];
      else process.env[key] = wanted[key];
  };
  enter(variables);
  return () => enter({ DOCKER_HOST, ONEHOST_IMAGES });
}
