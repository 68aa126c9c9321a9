// A resource plugin as the engine sees it: started as a process, spoken to over gRPC, plain JSON in and out.
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import * as grpc from "@grpc/grpc-js";
import engine from "@pulumi/pulumi/proto/engine_pb.js";
import engineService from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import service from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import status from "@pulumi/pulumi/proto/status_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";

export type Json = null | boolean | number | string | Json[] | Props;
export type Props = { [key: string]: Json };

export interface State {
  readonly id: string;
  readonly inputs: Props;
  readonly outputs: Props;
}

export interface Diff {
  readonly changes: string;
  readonly replaces: string[];
  readonly deleteBeforeReplace: boolean;
  readonly detailedDiff: Record<string, string>;
}

/** What a failed call said; with `id` and `outputs` when the resource exists all the same. */
export class PluginError extends Error {
  public readonly state: { id: string; outputs: Props } | undefined;

  constructor(message: string, state?: { id: string; outputs: Props }) {
    super(message);
    this.state = state;
  }
}

const toStruct = (props: Props) => struct.Struct.fromJavaScript(props);
const fromStruct = (props?: struct.Struct) => props?.toJavaScript() ?? {};

function failure(error: grpc.ServiceError): PluginError {
  const [details] = error.metadata.get("grpc-status-details-bin");
  const anys = details ? status.Status.deserializeBinary(details as Buffer).getDetailsList() : [];
  const found = anys.find((any) => any.getTypeUrl().endsWith("pulumirpc.ErrorResourceInitFailed"));
  if (!found) return new PluginError(error.details);
  const partial = provider.ErrorResourceInitFailed.deserializeBinary(found.getValue_asU8());
  const outputs = fromStruct(partial.getProperties());
  return new PluginError(partial.getReasonsList().join("\n"), { id: partial.getId(), outputs });
}

const kinds = ["add", "add-replace", "delete", "delete-replace", "update", "update-replace"];
const changes = ["unknown", "none", "some"];

/** The engine's end: takes the plugin's log lines, which the official Docker plugin insists on sending. */
async function startEngine(): Promise<{ server: grpc.Server; port: number }> {
  const server = new grpc.Server();
  const log = (_: grpc.ServerUnaryCall<engine.LogRequest, unknown>, done: grpc.sendUnaryData<unknown>) =>
    done(null, new empty.Empty());
  server.addService(engineService.EngineService, { log });
  const credentials = grpc.ServerCredentials.createInsecure();
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", credentials, (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  return { server, port };
}

/** Any of the requests that name one resource. */
interface Named {
  setUrn(urn: string): unknown;
  setName(name: string): unknown;
  setType(type: string): unknown;
}

export class Plugin {
  private constructor(
    private readonly engine: grpc.Server,
    private readonly process: ChildProcess,
    private readonly client: InstanceType<typeof service.ResourceProviderClient>,
    /** Whether it keeps secrets by itself; otherwise the engine takes the marks off before a call. */
    readonly keepsSecrets: boolean,
  ) {}

  /** Starts the plugin, configures it and waits until it answers. */
  static async start(binary: string, config: Props = {}): Promise<Plugin> {
    const { server, port } = await startEngine();
    const child = spawn(binary, [`127.0.0.1:${port}`], { stdio: ["ignore", "pipe", "ignore"] });
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    const address = `127.0.0.1:${line.toString().trim()}`;
    const client = new service.ResourceProviderClient(address, grpc.credentials.createInsecure());
    const request = new provider.ConfigureRequest().setArgs(toStruct(config)).setAcceptsecrets(true);
    const keepsSecrets = await new Promise<boolean>((resolve, reject) =>
      client.configure(request, (error, answer) =>
        error ? reject(failure(error)) : resolve(answer.getAcceptsecrets()),
      ),
    );
    return new Plugin(server, child, client, keepsSecrets);
  }

  stop(): void {
    this.client.close();
    this.engine.forceShutdown();
    this.process.kill("SIGKILL");
  }

  private call<Q extends Named, A>(
    method: (request: Q, done: (error: grpc.ServiceError | null, answer: A) => void) => unknown,
    urn: string,
    request: Q,
  ): Promise<A> {
    request.setUrn(urn);
    request.setName(urn.split("::").at(-1)!);
    request.setType(urn.split("::").at(-2)!);
    return new Promise((resolve, reject) =>
      method.call(this.client, request, (error, answer) => (error ? reject(failure(error)) : resolve(answer))),
    );
  }

  async check(urn: string, olds: Props, news: Props): Promise<{ inputs: Props; failures: string[] }> {
    const request = new provider.CheckRequest().setOlds(toStruct(olds)).setNews(toStruct(news));
    const answer = await this.call<provider.CheckRequest, provider.CheckResponse>(
      (message, done) => this.client.check(message, done),
      urn,
      request.setRandomseed(randomBytes(32)),
    );
    const failures = answer.getFailuresList().map((f) => [f.getProperty(), f.getReason()].filter(Boolean).join(": "));
    return { inputs: fromStruct(answer.getInputs()), failures };
  }

  async diff(urn: string, state: State, news: Props, ignoreChanges: string[] = []): Promise<Diff> {
    const request = new provider.DiffRequest().setId(state.id).setOlds(toStruct(state.outputs));
    request.setOldInputs(toStruct(state.inputs)).setNews(toStruct(news)).setIgnorechangesList(ignoreChanges);
    const answer = await this.call<provider.DiffRequest, provider.DiffResponse>(
      (message, done) => this.client.diff(message, done),
      urn,
      request,
    );
    const detailed: [string, string][] = [];
    answer.getDetaileddiffMap().forEach((change, path) => detailed.push([path, kinds[change.getKind()]!]));
    return {
      changes: changes[answer.getChanges()]!,
      replaces: [...new Set(answer.getReplacesList())].sort(),
      deleteBeforeReplace: answer.getDeletebeforereplace(),
      detailedDiff: Object.fromEntries(detailed.sort()),
    };
  }

  async create(urn: string, inputs: Props, preview = false): Promise<{ id: string; outputs: Props }> {
    const answer = await this.call<provider.CreateRequest, provider.CreateResponse>(
      (message, done) => this.client.create(message, done),
      urn,
      new provider.CreateRequest().setProperties(toStruct(inputs)).setPreview(preview),
    );
    return { id: answer.getId(), outputs: fromStruct(answer.getProperties()) };
  }

  /** Undefined when the resource is gone. */
  async read(urn: string, state: State): Promise<State | undefined> {
    const request = new provider.ReadRequest().setId(state.id).setProperties(toStruct(state.outputs));
    const answer = await this.call<provider.ReadRequest, provider.ReadResponse>(
      (message, done) => this.client.read(message, done),
      urn,
      request.setInputs(toStruct(state.inputs)),
    );
    const [id, outputs, inputs] = [answer.getId(), fromStruct(answer.getProperties()), fromStruct(answer.getInputs())];
    return id === "" ? undefined : { id, outputs, inputs };
  }

  async update(urn: string, state: State, news: Props, preview = false): Promise<Props> {
    const request = new provider.UpdateRequest().setId(state.id).setOlds(toStruct(state.outputs));
    const answer = await this.call<provider.UpdateRequest, provider.UpdateResponse>(
      (message, done) => this.client.update(message, done),
      urn,
      request.setOldInputs(toStruct(state.inputs)).setNews(toStruct(news)).setPreview(preview),
    );
    return fromStruct(answer.getProperties());
  }

  async delete(urn: string, state: State): Promise<void> {
    const request = new provider.DeleteRequest().setId(state.id).setProperties(toStruct(state.outputs));
    await this.call<provider.DeleteRequest, unknown>(
      (message, done) => this.client.delete(message, done),
      urn,
      request.setOldInputs(toStruct(state.inputs)),
    );
  }
}
