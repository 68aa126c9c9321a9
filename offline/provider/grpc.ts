// A gRPC server the way the Pulumi CLI expects a plugin to be one.
import * as grpc from "@grpc/grpc-js";

/** Aborted when the engine asks for cancellation, or is gone: running commands end. */
export const stop = new AbortController();

/** The engine's address: the one argument of a plugin that is not a flag. */
export const engineAddress = process.argv.slice(2).find((argument) => !argument.startsWith("-")) ?? "";

/** Makes a gRPC handler of a plain function; an error thrown with metadata keeps its details. */
export function unary<Q, A>(answer: (request: Q) => A | Promise<A>): grpc.handleUnaryCall<Q, A> {
  return (call, done) => {
    const fail = ({ message, metadata = new grpc.Metadata() }: Error & { metadata?: grpc.Metadata }) =>
      done({ code: grpc.status.UNKNOWN, details: message, metadata });
    new Promise<A>((resolve) => resolve(answer(call.request))).then((value) => done(null, value), fail);
  };
}

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
