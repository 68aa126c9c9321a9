// The ResourceProvider service, for resources that know nothing of gRPC.
import * as grpc from "@grpc/grpc-js";
import anypb from "google-protobuf/google/protobuf/any_pb.js";
import emptypb from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import engineService from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engine from "@pulumi/pulumi/proto/engine_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import service from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import status from "@pulumi/pulumi/proto/status_pb.js";
import { cancel, engineAddress, serve, unary } from "./grpc.ts";
import type { Props } from "./values.ts";

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
  readonly signal: AbortSignal;
  readonly log: (message: string, ephemeral?: boolean) => void;
}

/** How a fresh name is to be made: null for the default, otherwise what `pulumi:autonaming` proposes. */
export type Autoname = { readonly proposed: string; readonly disabled: boolean } | undefined;

export interface Failure {
  readonly property?: string;
  readonly reason: string;
}

/** One resource type; everything is plain JSON. */
export interface Resource {
  check(olds: Props, news: Props, context: Context, autoname: Autoname): { inputs: Props; failures: Failure[] };
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
  readonly supportsAutonaming?: boolean;
  readonly resources: Record<string, Resource>;
  checkConfig?(news: Props): Props;
  configure?(config: Props): Promise<void>;
}

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

const toStruct = (props: Props) => struct.Struct.fromJavaScript(props);
const fromStruct = (props: struct.Struct | undefined) => (props?.toJavaScript() ?? {});

/** Serves one provider until the engine goes away. */
export function serveProvider({ resources, ...self }: Provider): void {
  const engineClient = new engineService.EngineClient(engineAddress, grpc.credentials.createInsecure());

  function find(urn: string): Resource {
    const type = urn.split("::")[2]!.split("$").at(-1)!;
    const resource = resources[type];
    if (resource) return resource;
    throw new Error(
      `${type}: the offline stand-in does not know this resource type; install the official plugin for it`,
    );
  }

  function context(request: { getUrn(): string; getPreview?(): boolean }, signal: AbortSignal): Context {
    const urn = request.getUrn();
    const log = (message: string, ephemeral = false) => {
      const entry = new engine.LogRequest().setSeverity(engine.LogSeverity.INFO).setUrn(urn);
      engineClient.log(entry.setMessage(message).setEphemeral(ephemeral), () => {});
    };
    return { urn, name: urn.split("::").at(-1)!, preview: request.getPreview?.() ?? false, signal, log };
  }

  const info = () => new plugin.PluginInfo().setVersion(self.version);
  const nothing = () => new emptypb.Empty();

  serve(service.ResourceProviderService, {
    getPluginInfo: unary(info),
    cancel: unary(() => (cancel(), nothing())),
    checkConfig: unary((request: provider.CheckRequest) => {
      const news = fromStruct(request.getNews());
      return new provider.CheckResponse().setInputs(toStruct(self.checkConfig?.(news) ?? news));
    }),
    diffConfig: unary((request: provider.DiffRequest) => toConfigDiff(request)),
    configure: unary(async (request: provider.ConfigureRequest) => {
      await self.configure?.(fromStruct(request.getArgs()));
      return new provider.ConfigureResponse()
        .setSupportspreview(true)
        .setAcceptsecrets(self.acceptSecrets ?? false)
        .setSupportsAutonamingConfiguration(self.supportsAutonaming ?? false);
    }),
    check: unary((request: provider.CheckRequest, signal) => {
      const [olds, news] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
      const naming = request.getAutonaming();
      const autoname = naming && { proposed: naming.getProposedName(), disabled: naming.getMode() === 1 };
      const checked = find(request.getUrn()).check(olds, news, context(request, signal), autoname);
      const failures = checked.failures.map(({ property = "", reason }) =>
        new provider.CheckFailure().setProperty(property).setReason(reason),
      );
      return new provider.CheckResponse().setInputs(toStruct(checked.inputs)).setFailuresList(failures);
    }),
    diff: unary((request: provider.DiffRequest) => {
      const news = fromStruct(request.getNews());
      return toDiff(find(request.getUrn()).diff(oldState(request), news, request.getIgnorechangesList()));
    }),
    create: unary(async (request: provider.CreateRequest, signal) => {
      const inputs = fromStruct(request.getProperties());
      const { id, outputs } = await find(request.getUrn()).create(inputs, context(request, signal));
      return new provider.CreateResponse().setId(id).setProperties(toStruct(outputs));
    }),
    read: unary(async (request: provider.ReadRequest, signal) => {
      const state = { ...oldState(request), inputs: fromStruct(request.getInputs()) };
      const found = await find(request.getUrn()).read(state, context(request, signal));
      const answer = new provider.ReadResponse();
      if (!found) return answer;
      return answer.setId(found.id).setProperties(toStruct(found.outputs)).setInputs(toStruct(found.inputs));
    }),
    update: unary(async (request: provider.UpdateRequest, signal) => {
      const news = fromStruct(request.getNews());
      const outputs = await find(request.getUrn()).update(oldState(request), news, context(request, signal));
      return new provider.UpdateResponse().setProperties(toStruct(outputs));
    }),
    delete: unary(async (request: provider.DeleteRequest, signal) => {
      await find(request.getUrn()).delete(oldState(request), context(request, signal));
      return nothing();
    }),
  });
}

type Existing = provider.DiffRequest | provider.ReadRequest | provider.UpdateRequest | provider.DeleteRequest;

function oldState(request: Existing): State {
  const outputs = "getOlds" in request ? request.getOlds() : request.getProperties();
  const inputs = "getOldInputs" in request ? request.getOldInputs() : undefined;
  return { id: request.getId(), inputs: fromStruct(inputs), outputs: fromStruct(outputs) };
}

const kinds = { add: 0, delete: 2, update: 4 } as const;

function toDiff({ diff, deleteBeforeReplace = false, coarse = false }: Difference): provider.DiffResponse {
  const answer = new provider.DiffResponse().setHasdetaileddiff(!coarse);
  const { DIFF_SOME, DIFF_NONE } = provider.DiffResponse.DiffChanges;
  answer.setChanges(Object.keys(diff).length ? DIFF_SOME : DIFF_NONE);
  for (const [path, { kind, replace }] of Object.entries(diff)) {
    if (!coarse)
      answer.getDetaileddiffMap().set(path, new provider.PropertyDiff().setKind(kinds[kind] + (replace ? 1 : 0)));
    const property = path.replace(/[.[].*/, "");
    answer.addDiffs(property);
    if (replace) answer.addReplaces(property);
  }
  return answer.setDeletebeforereplace(deleteBeforeReplace && answer.getReplacesList().length > 0);
}

/** A provider's own settings change in place, whatever they are. */
function toConfigDiff(request: provider.DiffRequest): provider.DiffResponse {
  const [olds, news] = [fromStruct(request.getOldInputs() ?? request.getOlds()), fromStruct(request.getNews())];
  const changed = Object.keys({ ...olds, ...news }).filter((k) => JSON.stringify(olds[k]) !== JSON.stringify(news[k]));
  return toDiff({ diff: Object.fromEntries(changed.map((key) => [key, { kind: "update", replace: false }])) });
}
