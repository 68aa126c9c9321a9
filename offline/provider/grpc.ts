// A gRPC server the way the Pulumi CLI expects a plugin to be one.
import * as grpc from "@grpc/grpc-js";

export type Answer<Q, A> = (request: Q, signal: AbortSignal) => A | Promise<A>;

/** Aborted when the engine asks for cancellation, or is gone. */
const stop = new AbortController();

/** Ends whatever is running: commands get killed, their calls fail. */
export const cancel = (): void => stop.abort();

/** An error as gRPC sends it; one thrown with `metadata` keeps its details. */
function toStatus(error: unknown): Partial<grpc.StatusObject> {
  const { message, metadata, code } = error as Partial<grpc.StatusObject> & Error;
  return {
    code: metadata || code === undefined ? grpc.status.UNKNOWN : code,
    details: message,
    ...(metadata && { metadata }),
  };
}

/** Makes a gRPC handler of a plain function. */
export function unary<Q, A>(answer: Answer<Q, A>): grpc.handleUnaryCall<Q, A> {
  return (call, done) => {
    Promise.resolve()
      .then(() => answer(call.request, stop.signal))
      .then(
        (value) => done(null, value),
        (error: unknown) => done(toStatus(error)),
      );
  };
}

/** The engine's address: the one argument of a plugin that is not a flag. */
export const engineAddress = process.argv.slice(2).find((argument) => !argument.startsWith("-")) ?? "";

/** Serves until the engine goes away; the CLI reads the port from the first line of stdout. */
export function serve(service: grpc.ServiceDefinition, methods: grpc.UntypedServiceImplementation): void {
  const server = new grpc.Server({ "grpc.max_receive_message_length": 400 * 1024 * 1024 });
  server.addService(service, methods);
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    process.stdout.write(`${port}\n`);
  });
  const parent = process.ppid;
  // A killed CLI tells nobody; without this its plugins would outlive it.
  setInterval(() => process.ppid === parent || exit(), 1000).unref();
  process.on("SIGTERM", exit).on("SIGINT", exit);
}

function exit(): void {
  stop.abort();
  setImmediate(() => process.exit(0));
}
