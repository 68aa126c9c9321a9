// The Docker Engine API over a unix socket, tcp (with or without TLS) or the system's ssh.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
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

/** Every connection is an ssh of its own, as with the official provider; keep-alive would hold them open. */
class SshAgent extends http.Agent {
  constructor(
    private readonly host: URL,
    private readonly options: string[],
  ) {
    super({ keepAlive: false });
  }

  override createConnection(): Duplex {
    const { username, port, hostname } = this.host;
    const login = [...(username ? ["-l", username] : []), ...(port ? ["-p", port] : [])];
    const remote = ["--", hostname, "docker", "system", "dial-stdio"];
    const command = ["ssh", ...login, ...this.options, "-o", "ConnectTimeout=30", "-T", ...remote];
    const ssh = spawn(command[0]!, command.slice(1));
    const socket = new Duplex({
      read: () => {},
      write: (chunk, _, done) => ssh.stdin.write(chunk, () => done()),
      final: (done) => ssh.stdin.end(done),
    });
    let complaint = "";
    ssh.stdin.on("error", () => {});
    ssh.stdout.on("data", (chunk: Buffer) => socket.push(chunk));
    ssh.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
    ssh.on("error", (error) => socket.destroy(error));
    // Only now is the complaint complete; the end of its output alone would hide the reason.
    ssh.on("close", (code) => (code ? socket.destroy(this.failure(command, code, complaint)) : socket.push(null)));
    return socket.on("close", () => ssh.kill());
  }

  private failure(command: string[], code: number, complaint: string): Error {
    const advice = "make sure the URL is valid, and Docker 18.09 or later is installed on the remote host";
    const ended = `command [${command.join(" ")}] has exited with exit status ${code}, ${advice}: stderr=${complaint}`;
    return new Error(`error during connect: Head "http://docker.example.com/_ping": ${ended}`);
  }
}

export class Engine {
  private readonly options: https.RequestOptions;
  private version: Promise<number> | undefined;
  readonly isSsh: boolean;

  constructor(
    private readonly host: string,
    sshOpts: string[],
  ) {
    const url = new URL(host);
    this.isSsh = url.protocol === "ssh:";
    const certificates = process.env.DOCKER_CERT_PATH;
    const pem = (name: string) => readFileSync(`${certificates}/${name}.pem`);
    this.options = {
      ...(url.protocol === "unix:" && { socketPath: url.pathname }),
      ...(url.protocol === "tcp:" && { host: url.hostname, port: url.port || 2375 }),
      ...(url.protocol === "tcp:" && certificates && { ca: pem("ca"), cert: pem("cert"), key: pem("key") }),
      ...(this.isSsh && { agent: new SshAgent(url, sshOpts) }),
    };
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

  async open(method: string, path: string, call: Call = {}): Promise<http.IncomingMessage> {
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

  private send(method: string, path: string, { body, archive }: Call): Promise<http.IncomingMessage> {
    const type = archive ? "application/x-tar" : "application/json";
    const headers = { host: "docker", ...((archive ?? body) !== undefined && { "content-type": type }) };
    return new Promise((resolve, reject) => {
      const { request } = this.options.ca ? https : http;
      const sending = request({ ...this.options, method, path, headers }, resolve).on("error", reject);
      if (archive) archive.on("error", reject).pipe(sending);
      else sending.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
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
