import { log } from "@pulumi/pulumi";

/**
 * Leaves the engine's answers out of a debug message. Node's SDK logs each of them whole ("RegisterResource RPC
 * finished: …, resp: …"), secrets in clear: with `--debug` a generated password was on the screen (SDK 3.248).
 */
export function withoutAnswer(message: string): string {
  return message.replace(/, resp: [\s\S]*$/, ", resp: left out, because it holds secrets in clear");
}

const { debug } = log;

const asked: typeof debug = (message, ...rest) => debug(withoutAnswer(message), ...rest);

/** Not even sent: five messages for each resource, a tenth of the time that a large stack's preview takes. */
const unasked: typeof debug = () => Promise.resolve();

// Imported for this effect, by components/index.ts. There is no other place to take hold of these messages. The CLI does not
// tell the program of its `--debug`.
Object.assign(log, { debug: process.env["ONEHOST_DEBUG"] ? asked : unasked });
