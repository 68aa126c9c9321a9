import type { Fault } from "../lib/fault.ts";
import { apiFault, hostFault } from "../lib/host-fault.ts";
import { startRequest, transport } from "./transport.ts";

/** Limit of the whole question, in milliseconds: with what a script needs to start, its user has an answer in 10 s. */
const LIMIT = 7000;

/**
 * Asks a Docker Engine for the version of its API: `1.41`. Loads no API client, which would take longer than all else
 * that `npm run pulumi` does.
 * @throws Error as the system or ssh said it; `hostFault` makes a message of it.
 */
export function ping(endpoint: string, limit = LIMIT): Promise<string> {
  const signal = AbortSignal.timeout(limit);
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void =>
      reject(signal.aborted ? new Error(`no answer within ${limit / 1000} s`) : error);
    const sent = startRequest(
      transport(endpoint),
      { path: "/_ping", headers: { host: "docker" }, signal },
      (answer) => {
        answer.resume().on("error", fail);
        if (answer.statusCode === 200) answer.on("end", () => resolve(String(answer.headers["api-version"] ?? "1.0")));
        else reject(new Error(`it answered ${answer.statusCode}`));
      },
    );
    sent.on("error", fail).end();
  });
}

/** What is wrong with a Docker host, found by asking it; undefined where it answers and is not too old. */
export async function faultOfHost(endpoint: string, key?: string, limit?: number): Promise<Fault | undefined> {
  try {
    return apiFault(endpoint, await ping(endpoint, limit), key);
  } catch (error) {
    return hostFault(endpoint, error as Error, key);
  }
}
