// The Docker Engine API over a unix socket, tcp (with or without TLS) or the system's ssh.
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { Duplex } from "node:stream";
import type { Props, Value } from "../provider/values.ts";

/** What the daemon answered when it refused. */
export class EngineError extends Error {
  public readonly status: number;

  constructor(message: string, status: number) {
    super(`Error response from daemon: ${message}`);
    this.status = status;
  }
}

export interface Call {
  readonly query?: Props;
  readonly body?: unknown;
  readonly stream?: {
    pipe(to: NodeJS.WritableStream): unknown;
    on(event: "error", listener: (error: Error) => void): unknown;
  };
  readonly headers?: Record<string, string>;
}

/** Every connection is an ssh of its own, as with the official provider; keep-alive would hold them open. */
class SshAgent extends http.Agent {
  private readonly command: string[];

  constructor(host: URL, sshOpts: string[]) {
    super({ keepAlive: false });
    const login = [...(host.username ? ["-l", host.username] : []), ...(host.port ? ["-p", host.port] : [])];
    this.command = [
      ...sshOpts,
      "-o",
      "ConnectTimeout=30",
      "-T",
      ...login,
      "--",
      host.hostname,
      "docker",
      "system",
      "dial-stdio",
    ];
  }

  override createConnection(_: unknown, done?: (error: Error | null, socket: Duplex) => void): Duplex {
    const ssh = spawn("ssh", this.command, { stdio: ["pipe", "pipe", "pipe"] });
    const socket = Duplex.from({ readable: ssh.stdout, writable: ssh.stdin });
    this.reportFailure(ssh, socket);
    done?.(null, socket);
    return socket;
  }

  private reportFailure(ssh: ChildProcess, socket: Duplex): void {
    let complaint = "";
    ssh.stderr!.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
    ssh.on("error", (error) => socket.destroy(error));
    ssh.on("exit", (code) => code && socket.destroy(new Error(`ssh exited with status ${code}: ${complaint.trim()}`)));
    socket.on("close", () => ssh.kill());
  }
}

export class Engine {
  private readonly options: https.RequestOptions;
  private readonly secure: boolean;
  private version: Promise<string> | undefined;
  readonly host: string;
  readonly isSsh: boolean;

  constructor(config: Props) {
    this.host = text(config.host) ?? process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock";
    const url = new URL(this.host);
    this.isSsh = url.protocol === "ssh:";
    const tls = tlsOptions(config);
    this.secure = tls !== undefined && url.protocol === "tcp:";
    this.options = {
      ...(url.protocol === "unix:" && { socketPath: url.pathname }),
      ...(url.protocol === "tcp:" && { host: url.hostname, port: url.port || "2375" }),
      ...(this.isSsh && { agent: new SshAgent(url, sshOptions(config)) }),
      ...tls,
    };
  }

  /** Fails with the daemon's own words, or undefined where `missing` allows it and there is no such thing. */
  async call<T = Props>(method: string, path: string, call: Call = {}): Promise<T> {
    const answer = await collect(await this.open(method, path, call));
    return (answer === "" ? undefined : JSON.parse(answer)) as T;
  }

  async find<T = Props>(path: string, query?: Props): Promise<T | undefined> {
    return this.call<T>("GET", path, query ? { query } : {}).catch((error: unknown) => {
      if (error instanceof EngineError && error.status === 404) return undefined;
      throw error;
    });
  }

  async open(method: string, path: string, call: Call = {}): Promise<http.IncomingMessage> {
    this.version ??= this.ping();
    const answer = await this.send(method, `/v${await this.version}${path}${queryString(call.query)}`, call);
    if (answer.statusCode! < 400) return answer;
    const message = await collect(answer);
    throw new EngineError(
      message.startsWith("{") ? (JSON.parse(message) as { message: string }).message : message.trim(),
      answer.statusCode!,
    );
  }

  /** The API version that both sides speak; the official client goes up to 1.51. */
  async ping(): Promise<string> {
    const failed = (error: Error) => {
      const reason = `please make sure that ${this.host} is reachable and has a  '_ping' endpoint. Error: ${error.message}`;
      throw new Error(`failed to create Docker client: Error pinging Docker server, ${reason}`);
    };
    const answer = await this.send("GET", "/_ping", {}).catch(failed);
    await collect(answer);
    const offered = Number(String(answer.headers["api-version"] ?? "1.24").split(".")[1]);
    return `1.${Math.min(offered, 51)}`;
  }

  private send(method: string, path: string, { body, stream, headers }: Call): Promise<http.IncomingMessage> {
    const json = body === undefined ? undefined : JSON.stringify(body);
    const type =
      json === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(json) };
    return new Promise((resolve, reject) => {
      const options = { ...this.options, method, path, headers: { host: "docker", ...type, ...headers } };
      const request = (this.secure ? https : http).request(options, resolve).on("error", reject);
      if (stream) {
        stream.on("error", reject);
        stream.pipe(request);
      } else request.end(json);
    });
  }
}

const text = (value: Value | undefined) => (typeof value === "string" && value !== "" ? value : undefined);

function sshOptions(config: Props): string[] {
  const given = config.sshOpts;
  if (typeof given === "string") return JSON.parse(given) as string[];
  return Array.isArray(given) ? (given as string[]) : (process.env.DOCKER_SSH_OPTS?.split(" ").filter(Boolean) ?? []);
}

function tlsOptions(config: Props): https.RequestOptions | undefined {
  const path = text(config.certPath) ?? process.env.DOCKER_CERT_PATH;
  const material = (name: string, file: string) =>
    text(config[`${name}Material`]) ?? (path ? readFileSync(`${path}/${file}.pem`, "utf8") : undefined);
  const [ca, cert, key] = [material("ca", "ca"), material("cert", "cert"), material("key", "key")];
  return ca && cert && key ? { ca, cert, key } : undefined;
}

function queryString(query: Props = {}): string {
  const pairs = Object.entries(query).map(([k, v]): [string, string] => [
    k,
    typeof v === "object" ? JSON.stringify(v) : String(v),
  ]);
  return pairs.length ? `?${new URLSearchParams(pairs).toString()}` : "";
}

export async function collectBytes(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export const collect = async (stream: AsyncIterable<Buffer>): Promise<string> =>
  (await collectBytes(stream)).toString();

/** The text of a log stream: frames of eight bytes of header (the last four the length) and that much output. */
export function unframe(log: Buffer): string {
  let text = "";
  for (let at = 0; at + 8 <= log.length;) {
    const end = at + 8 + log.readUInt32BE(at + 4);
    text += log.subarray(at + 8, end).toString();
    at = end;
  }
  return text;
}
