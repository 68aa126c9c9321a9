import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { SSH_OPTIONS, SshAgent } from "./ssh.ts";

/** How requests reach a Docker Engine: options of node's own HTTP client. */
export interface Transport {
  readonly protocol: "http" | "https";
  readonly socketPath?: string;
  readonly host?: string;
  readonly port?: number;
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly agent?: http.Agent;
}

/**
 * The way to the engine at an address: `unix://…`, `tcp://…` (TLS by DOCKER_CERT_PATH) or `ssh://[user@]host[:port]`,
 * by the system's own ssh with these options; its remote end needs the docker command. Nothing is contacted yet.
 * @throws Error for any other kind of address.
 */
export function transport(endpoint: string, sshOptions: readonly string[] = SSH_OPTIONS): Transport {
  const url = new URL(endpoint);
  if (url.protocol === "unix:") return { protocol: "http", socketPath: url.pathname };
  if (url.protocol === "ssh:") return { protocol: "http", host: "docker", agent: sshAgent(url, sshOptions) };
  if (url.protocol === "tcp:") return tcp(url);
  throw new Error(`Docker host ${endpoint}: unknown kind of address; write unix://, ssh:// or tcp://`);
}

const agents = new Map<string, SshAgent>();

/** One for each host, so that the bound on connections holds for the whole process. */
function sshAgent(url: URL, options: readonly string[]): SshAgent {
  const key = [url.href, ...options].join(" ");
  const agent = agents.get(key) ?? new SshAgent(url, options);
  agents.set(key, agent);
  return agent;
}

function tcp({ hostname, port }: URL): Transport {
  const { DOCKER_CERT_PATH: certificates, DOCKER_TLS_VERIFY: verify } = process.env;
  const protocol = certificates || verify === "1" || port === "2376" ? "https" : "http";
  const address = { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 2375) };
  const pem = (name: string): Buffer => readFileSync(`${certificates}/${name}.pem`);
  return { protocol, ...address, ...(certificates && { ca: pem("ca"), cert: pem("cert"), key: pem("key") }) };
}

/** Starts a request; it is sent when its body ends. */
export function startRequest(
  { protocol, ...way }: Transport,
  options: https.RequestOptions,
  onAnswer: (answer: http.IncomingMessage) => void,
): http.ClientRequest {
  return (protocol === "https" ? https : http).request({ ...way, ...options }, onAnswer);
}
