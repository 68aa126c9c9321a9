import { type ChildProcess, spawn } from "node:child_process";
import { Agent } from "node:http";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import Docker from "dockerode";

/** Where a Docker Engine is found when nothing says otherwise. */
export const LOCAL_SOCKET = "unix:///var/run/docker.sock";

/**
 * Connects to a Docker Engine: `unix://…`, `tcp://…` (TLS by DOCKER_CERT_PATH) or `ssh://[user@]host[:port]`.
 * ssh goes through the system's own ssh, so that its config, keys, known_hosts and ControlMaster count; the remote
 * end needs the docker command. Nothing is contacted before the first request.
 * @throws Error for any other kind of address.
 */
export function connect(endpoint: string): Docker {
  const url = new URL(endpoint);
  if (url.protocol === "unix:") return new Docker({ socketPath: url.pathname });
  if (url.protocol === "ssh:")
    return new Docker({ protocol: "http", host: "docker", agent: new SshAgent(url) } as never);
  if (url.protocol === "tcp:") return withDockerHost(endpoint, () => new Docker());
  throw new Error(`Docker host ${endpoint}: unknown kind of address; write unix://, ssh:// or tcp://`);
}

/** dockerode reads the TLS settings of tcp hosts from the environment alone, and the address with them. */
function withDockerHost<T>(endpoint: string, make: () => T): T {
  const { DOCKER_HOST } = process.env;
  process.env["DOCKER_HOST"] = endpoint;
  try {
    return make();
  } finally {
    if (DOCKER_HOST === undefined) delete process.env["DOCKER_HOST"];
    else process.env["DOCKER_HOST"] = DOCKER_HOST;
  }
}

/** Arguments of the system's ssh for one connection to the engine behind `url`. */
export function sshArguments(url: URL): string[] {
  const port = url.port ? ["-p", url.port] : [];
  const user = url.username ? ["-l", decodeURIComponent(url.username)] : [];
  const options = ["-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "-T"];
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return [...options, ...user, ...port, "--", host, "docker", "system", "dial-stdio"];
}

/** An HTTP agent whose connections are `ssh … docker system dial-stdio` processes. */
class SshAgent extends Agent {
  constructor(private readonly url: URL) {
    super({ keepAlive: true, maxSockets: 4 });
  }

  override createConnection(): Duplex {
    const ssh = spawn("ssh", sshArguments(this.url), { stdio: ["pipe", "pipe", "pipe"] });
    const connection = Duplex.from({ readable: ssh.stdout, writable: ssh.stdin });
    const complaint: Buffer[] = [];
    ssh.stderr.on("data", (chunk: Buffer) => complaint.push(chunk));
    ssh.on("error", (error) => connection.destroy(error));
    ssh.on("exit", (code) => {
      if (code !== 0)
        connection.destroy(new Error(Buffer.concat(complaint).toString().trim() || `ssh exited with ${code}`));
    });
    return Object.assign(connection, socketMethods(connection, ssh));
  }
}

/**
 * What node's HTTP client expects of a socket and a pair of pipes does not have. An idle connection must not keep the
 * process alive: a script that was done waited for its ssh for ever (seen), until Pulumi was stopped.
 */
function socketMethods(connection: Duplex, ssh: ChildProcess): Record<string, () => Duplex> {
  const nothing = (): Duplex => connection;
  const handles = [ssh, ...(ssh.stdio as unknown as Socket[])];
  const each = (method: "ref" | "unref") => (): Duplex => {
    for (const handle of handles) handle[method]();
    return connection;
  };
  return { setKeepAlive: nothing, setNoDelay: nothing, setTimeout: nothing, ref: each("ref"), unref: each("unref") };
}
