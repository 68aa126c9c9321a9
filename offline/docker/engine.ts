// The Docker Engine API over a unix socket, tcp (with or without TLS) or the system's ssh.
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { SshFailure } from "../../components/engine/ssh.ts";
import { startRequest, type Transport, transport } from "../../components/engine/transport.ts";
import type { Props, Value } from "../provider/values.ts";

/** What the daemon answered when it refused. */
export class EngineError extends Error {
  constructor(
    message: string,
    public readonly status: number,
  ) {
    super(`Error response from daemon: ${message}`);
  }
}

export interface Call {
  readonly query?: Props;
  readonly body?: unknown;
  /** Sent instead of a body. */
  readonly archive?: Duplex;
}

export class Engine {
  private readonly way: Transport;
  private version: Promise<number> | undefined;
  readonly isSsh: boolean;

  constructor(
    private readonly host: string,
    sshOpts: string[],
  ) {
    this.isSsh = host.startsWith("ssh:");
    this.way = transport(host, [...sshOpts, "-o", "ConnectTimeout=30"]);
  }

  /** Fails with the daemon's own words. */
  async call<T = Props>(method: string, path: string, call?: Call): Promise<T> {
    const answer = await text(await this.open(method, path, call));
    return (answer === "" ? undefined : JSON.parse(answer)) as T;
  }

  /** Undefined where there is no such thing. */
  find<T = Props>(path: string): Promise<T | undefined> {
    return this.call<T>("GET", path).catch((error: unknown) => {
      if (error instanceof EngineError && error.status === 404) return undefined;
      throw error;
    });
  }

  async open(method: string, path: string, call: Call = {}): Promise<IncomingMessage> {
    const version = await (this.version ??= this.ping());
    const answer = await this.send(method, `/v1.${version}${path}${queryString(call.query)}`, call);
    if (answer.statusCode! < 400) return answer;
    const message = await text(answer);
    const words = message.startsWith("{") ? (JSON.parse(message) as { message: string }).message : message.trim();
    throw new EngineError(words, answer.statusCode!);
  }

  /** The API version (1.x) that both sides speak; the official client goes up to 1.51. */
  async ping(): Promise<number> {
    const answer = await this.send("GET", "/_ping", {}).catch((error: Error) => {
      const reachable = `please make sure that ${this.host} is reachable and has a  '_ping' endpoint`;
      throw new Error(
        `failed to create Docker client: Error pinging Docker server, ${reachable}. Error: ${error.message}`,
      );
    });
    answer.resume();
    return Math.min(Number(String(answer.headers["api-version"]).split(".")[1]), 51);
  }

  /** Refuses what the official client refuses to send to an older engine. */
  async needs(version: number, what: string): Promise<void> {
    const offered = await (this.version ??= this.ping());
    if (offered >= version) return;
    throw new Error(`"${what}" requires API version 1.${version}, but the Docker daemon API version is 1.${offered}`);
  }

  private send(method: string, path: string, { body, archive }: Call): Promise<IncomingMessage> {
    const type = archive ? "application/x-tar" : "application/json";
    const headers = { host: "docker", ...((archive ?? body) !== undefined && { "content-type": type }) };
    return new Promise((resolve, reject) => {
      const sending = startRequest(this.way, { method, path, headers }, resolve);
      sending.on("error", (error) => reject(inOfficialWords(error)));
      if (archive) archive.on("error", reject).pipe(sending);
      else sending.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

/** What the official client says of an ssh that failed. */
function inOfficialWords(error: Error): Error {
  if (!(error instanceof SshFailure)) return error;
  const advice = "make sure the URL is valid, and Docker 18.09 or later is installed on the remote host";
  const command = `command [${error.command.join(" ")}] has exited with exit status ${error.exitCode ?? -1}`;
  const ended = `${command}, ${advice}: stderr=${error.complaint}`;
  return new Error(`error during connect: Head "http://docker.example.com/_ping": ${ended}`);
}

function queryString(query: Props = {}): string {
  const pairs = Object.entries(query).map(([k, v]): [string, string] => [k, written(v)]);
  return pairs.length ? `?${new URLSearchParams(pairs).toString()}` : "";
}

const written = (value: Value) => (typeof value === "string" ? value : JSON.stringify(value));

/** The text of a log stream: frames of eight bytes of header (the last four the length) and that much output. */
export function unframe(log: Buffer): string {
  let output = "";
  for (let at = 0; at + 8 <= log.length; at += 8 + log.readUInt32BE(at + 4)) {
    output += log.subarray(at + 8, at + 8 + log.readUInt32BE(at + 4)).toString();
  }
  return output;
}
