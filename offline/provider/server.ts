// The ResourceProvider service, for resources that know nothing of gRPC.
import * as grpc from "@grpc/grpc-js";
import engineService from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engine from "@pulumi/pulumi/proto/engine_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import service from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import status from "@pulumi/pulumi/proto/status_pb.js";
import anypb from "google-protobuf/google/protobuf/any_pb.js";
import emptypb from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { engineAddress, serve, stop, unary } from "./grpc.ts";
import { type Props, topLevel } from "./values.ts";

export type DiffKind = "add" | "delete" | "update";
export type DetailedDiff = Record<string, { kind: DiffKind; replace: boolean }>;

export interface Difference {
  readonly diff: DetailedDiff;
  readonly deleteBeforeReplace?: boolean;
  /** Names properties only, and leaves it to the CLI to compare their values. */
  readonly coarse?: boolean;
}

/** Inputs as the program wrote them, outputs as the last operation left them. */
export interface State {
  readonly id: string;
  readonly inputs: Props;
  readonly outputs: Props;
}

export interface Context {
  readonly urn: string;
  readonly name: string;
  readonly preview: boolean;
  readonly log: (message: string, ephemeral?: boolean) => void;
}

export interface Checked {
  readonly inputs: Props;
  readonly failures: { property?: string; reason: string }[];
}

/** One resource type; everything is plain JSON. */
export interface Resource {
  /** `proposed` is what the setting `pulumi:autonaming` wants for a name: none if empty, the default if undefined. */
  check(olds: Props, news: Props, context: Context, proposed?: string): Checked;
  diff(state: State, news: Props, ignoreChanges: string[]): Difference;
  create(inputs: Props, context: Context): Promise<{ id: string; outputs: Props }>;
  /** Undefined when the resource is gone. */
  read(state: State, context: Context): Promise<State | undefined>;
  update(state: State, news: Props, context: Context): Promise<Props>;
  delete(state: State, context: Context): Promise<void>;
}

export interface Provider {
  readonly version: string;
  readonly acceptSecrets?: boolean;
  readonly resources: Record<string, Resource>;
  checkConfig?(news: Props): Props;
  configure?(config: Props): Promise<void>;
}

const toStruct = (props: Props) => struct.Struct.fromJavaScript(props);
const fromStruct = (props: struct.Struct | undefined): Props => props?.toJavaScript() ?? {};

/** The resource exists, but not as it should: the engine records it and reports the reason. */
export class InitError extends Error {
  public readonly metadata = new grpc.Metadata();

  constructor(message: string, id: string, outputs: Props) {
    super(message);
    const detail = new provider.ErrorResourceInitFailed();
    detail.setId(id).setProperties(toStruct(outputs)).setReasonsList([message]);
    const any = new anypb.Any();
    any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const answer = new status.Status();
    answer.setCode(grpc.status.UNKNOWN);
    answer.setMessage(message);
    answer.addDetails(any);
    this.metadata.set("grpc-status-details-bin", Buffer.from(answer.serializeBinary()));
  }
}

type Existing = provider.DiffRequest | provider.ReadRequest | provider.UpdateRequest | provider.DeleteRequest;

function stateOf(request: Existing): State {
  const outputs = "getOlds" in request ? request.getOlds() : request.getProperties();
  const inputs = "getOldInputs" in request ? request.getOldInputs() : request.getInputs();
  return { id: request.getId(), inputs: fromStruct(inputs), outputs: fromStruct(outputs) };
}

const kinds = { add: 0, delete: 2, update: 4 };

function toDiff({ diff, deleteBeforeReplace = false, coarse = false }: Difference): provider.DiffResponse {
  const answer = new provider.DiffResponse().setHasdetaileddiff(!coarse);
  const { DIFF_SOME, DIFF_NONE } = provider.DiffResponse.DiffChanges;
  answer.setChanges(Object.keys(diff).length ? DIFF_SOME : DIFF_NONE);
  for (const [path, { kind, replace }] of Object.entries(diff)) {
    const change = new provider.PropertyDiff().setKind(kinds[kind] + (replace ? 1 : 0));
    if (!coarse) answer.getDetaileddiffMap().set(path, change);
    answer.addDiffs(topLevel(path));
    if (replace) answer.addReplaces(topLevel(path));
  }
  return answer.setDeletebeforereplace(deleteBeforeReplace && answer.getReplacesList().length > 0);
}

/** Serves one provider until the engine goes away. */
export const serveProvider = (self: Provider): void => new ProviderServer(self).serve();

class ProviderServer {
  private readonly engine = new engineService.EngineClient(engineAddress, grpc.credentials.createInsecure());

  constructor(private readonly self: Provider) {}

  serve(): void {
    serve(service.ResourceProviderService, {
      getPluginInfo: unary(() => new plugin.PluginInfo().setVersion(this.self.version)),
      cancel: unary(() => (stop.abort(), new emptypb.Empty())),
      checkConfig: unary((request: provider.CheckRequest) => this.checkConfig(request)),
      diffConfig: unary((request: provider.DiffRequest) => this.diffConfig(request)),
      configure: unary((request: provider.ConfigureRequest) => this.configure(request)),
      check: unary((request: provider.CheckRequest) => this.check(request)),
      diff: unary((request: provider.DiffRequest) => this.diff(request)),
      create: unary((request: provider.CreateRequest) => this.create(request)),
      read: unary((request: provider.ReadRequest) => this.read(request)),
      update: unary((request: provider.UpdateRequest) => this.update(request)),
      delete: unary((request: provider.DeleteRequest) => this.delete(request)),
    });
  }

  private find(request: { getUrn(): string }): Resource {
    const type = request.getUrn().split("::")[2]!.split("$").at(-1)!;
    const resource = this.self.resources[type];
    if (resource) return resource;
    throw new Error(`${type}: the offline stand-in does not know this resource type; install the official plugin`);
  }

  private context(request: { getUrn(): string; getPreview?(): boolean }): Context {
    const urn = request.getUrn();
    const log = (message: string, ephemeral = false) => {
      const entry = new engine.LogRequest().setSeverity(engine.LogSeverity.INFO).setUrn(urn);
      this.engine.log(entry.setMessage(message).setEphemeral(ephemeral), () => {});
    };
    return { urn, name: urn.split("::").at(-1)!, preview: request.getPreview?.() ?? false, log };
  }

  private checkConfig(request: provider.CheckRequest): provider.CheckResponse {
    const news = fromStruct(request.getNews());
    return new provider.CheckResponse().setInputs(toStruct(this.self.checkConfig?.(news) ?? news));
  }

  /** A provider's own settings change in place, whatever they are. */
  private diffConfig(request: provider.DiffRequest): provider.DiffResponse {
    const [olds, news] = [stateOf(request).inputs, fromStruct(request.getNews())];
    const names = Object.keys({ ...olds, ...news }).filter((k) => JSON.stringify(olds[k]) !== JSON.stringify(news[k]));
    return toDiff({ diff: Object.fromEntries(names.map((name) => [name, { kind: "update", replace: false }])) });
  }

  private async configure(request: provider.ConfigureRequest): Promise<provider.ConfigureResponse> {
    await this.self.configure?.(fromStruct(request.getArgs()));
    const answer = new provider.ConfigureResponse().setSupportspreview(true).setSupportsAutonamingConfiguration(true);
    return answer.setAcceptsecrets(this.self.acceptSecrets ?? false);
  }

  private check(request: provider.CheckRequest): provider.CheckResponse {
    const [olds, news] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
    const proposed = request.getAutonaming()?.getProposedName();
    const { inputs, failures } = this.find(request).check(olds, news, this.context(request), proposed);
    const list = failures.map((f) => new provider.CheckFailure().setProperty(f.property ?? "").setReason(f.reason));
    return new provider.CheckResponse().setInputs(toStruct(inputs)).setFailuresList(list);
  }

  private diff(request: provider.DiffRequest): provider.DiffResponse {
    const news = fromStruct(request.getNews());
    return toDiff(this.find(request).diff(stateOf(request), news, request.getIgnorechangesList()));
  }

  private async create(request: provider.CreateRequest): Promise<provider.CreateResponse> {
    const inputs = fromStruct(request.getProperties());
    const { id, outputs } = await this.find(request).create(inputs, this.context(request));
    return new provider.CreateResponse().setId(id).setProperties(toStruct(outputs));
  }

  private async read(request: provider.ReadRequest): Promise<provider.ReadResponse> {
    const found = await this.find(request).read(stateOf(request), this.context(request));
    const answer = new provider.ReadResponse();
    if (!found) return answer;
    return answer.setId(found.id).setProperties(toStruct(found.outputs)).setInputs(toStruct(found.inputs));
  }

  private async update(request: provider.UpdateRequest): Promise<provider.UpdateResponse> {
    const news = fromStruct(request.getNews());
    const outputs = await this.find(request).update(stateOf(request), news, this.context(request));
    return new provider.UpdateResponse().setProperties(toStruct(outputs));
  }

  private async delete(request: provider.DeleteRequest): Promise<emptypb.Empty> {
    await this.find(request).delete(stateOf(request), this.context(request));
    return new emptypb.Empty();
  }
}
