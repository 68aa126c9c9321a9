import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { Agent } from "node:http";
import { Duplex } from "node:stream";

/**
 * Never asks, and says itself after 5 s that a host is out of reach. Who needs longer, for a jump host, or shares one
 * connection by ControlMaster, says so in ~/.ssh/config: that holds for the provider's ssh too.
 */
export const SSH_OPTIONS = ["-o", "BatchMode=yes", "-o", "ConnectTimeout=5"];

/** How an ssh ended that was to carry a connection. */
export class SshFailure extends Error {
  constructor(
    readonly command: readonly string[],
    /** Undefined where a signal ended it. */
    readonly exitCode: number | undefined,
    /** All that it wrote to stderr. */
    readonly complaint: string,
  ) {
    super(complaint.trim() || `ssh ended with exit code ${exitCode}`);
  }
}

/** The system's ssh as one connection to the engine behind `url`: its config, keys and known_hosts count. */
export function sshCommand(url: URL, options: readonly string[]): string[] {
  const port = url.port ? ["-p", url.port] : [];
  const user = url.username ? ["-l", decodeURIComponent(url.username)] : [];
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return ["ssh", ...user, ...port, ...options, "-T", "--", host, "docker", "system", "dial-stdio"];
}

/**
 * An HTTP agent whose connections are `ssh … docker system dial-stdio` processes. Four at most, kept and used again:
 * sshd drops connections at random from the tenth that is not yet logged in (its MaxStartups).
 */
export class SshAgent extends Agent {
  private readonly command: readonly string[];

  constructor(url: URL, options: readonly string[]) {
    super({ keepAlive: true, maxSockets: 4 });
    this.command = sshCommand(url, options);
  }

  override createConnection(): Duplex {
    const [command = "", ...args] = this.command;
    const ssh = spawn(command, args);
    const connection = duplexOf(ssh);
    let complaint = "";
    ssh.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
    ssh.on("error", (error) => connection.destroy(error));
    // Only now is the complaint whole; the end of the output alone would hide the reason.
    ssh.on("close", (code) => {
      if (code === 0) connection.push(null);
      else connection.destroy(new SshFailure(this.command, code ?? undefined, complaint));
    });
    return Object.assign(connection, socketMethods(connection, ssh));
  }
}

function duplexOf(ssh: ChildProcessWithoutNullStreams): Duplex {
  const connection = new Duplex({
    read: () => ssh.stdout.resume(),
    write: (chunk, _, done) => ssh.stdin.write(chunk, () => done()),
    final: (done) => ssh.stdin.end(done),
  });
  // What went wrong is said when ssh has ended.
  ssh.stdin.on("error", () => undefined);
  ssh.stdout.on("data", (chunk: Buffer) => {
    if (!connection.push(chunk)) ssh.stdout.pause();
  });
  return connection.on("close", () => ssh.kill());
}

/**
 * What node's HTTP client expects of a socket and pipes do not have. An idle connection must not keep the process alive:
 * a script that was done waited for its ssh for ever (seen), until Pulumi was stopped.
 */
function socketMethods(connection: Duplex, ssh: ChildProcessWithoutNullStreams): Record<string, () => Duplex> {
  const nothing = (): Duplex => connection;
  const handles = [ssh, ...ssh.stdio] as unknown as { ref(): void; unref(): void }[];
  const each = (method: "ref" | "unref") => (): Duplex => {
    for (const handle of handles.filter(Boolean)) handle[method]();
    return connection;
  };
  return { setKeepAlive: nothing, setNoDelay: nothing, setTimeout: nothing, ref: each("ref"), unref: each("unref") };
}
