import type { Fault } from "./fault.ts";

/** Docker Engine 20.10. */
const OLDEST_API = [1, 41] as const;

/**
 * What is said → its cause and its remedy. `{found}` is what matched; the others are of the address: `{host}`, `{port}`,
 * `{user}`, `{login}` (what follows `ssh` on a command line), `{known}` (the host as known_hosts has it).
 */
type Readings = readonly (readonly [said: RegExp, cause: string, remedy: string])[];

/** Over any way. A hanging daemon's connections are taken by the kernel. */
const ANYWHERE: Readings = [
  [
    /^no answer within.*/,
    "{found}, though something listens there",
    'restart Docker there ("sudo systemctl restart docker")',
  ],
  [/unknown kind of address|Invalid URL/, "unknown kind of address", "write unix://, ssh:// or tcp://"],
];

/** What ssh and the remote docker command say. The first counts, because many end with a general line of ssh's. */
const OVER_SSH: Readings = [
  [
    /host identification has changed/i,
    "its ssh host key is not the one in known_hosts",
    'if the host was set up anew, run "ssh-keygen -R {known}", then "ssh {login}" once; if not, somebody may be in between',
  ],
  [
    /host key verification failed/i,
    "its ssh host key is not in known_hosts",
    'run "ssh {login}" once and compare the fingerprint that it shows',
  ],
  [
    /permission denied \([^)]*\)/i,
    "ssh: {found}",
    'let your key in by "ssh-copy-id {login}", or name the right one in ~/.ssh/config',
  ],
  [
    /too many authentication failures/i,
    "ssh: {found}",
    "name the right key in ~/.ssh/config: IdentityFile, with IdentitiesOnly yes",
  ],
  [
    /docker: (command )?not found|docker: no such file/i,
    "there is no docker command there",
    'install Docker there, for example by "sudo apt-get install docker.io"',
  ],
  [
    /docker\S*sock.*permission denied|permission denied.*docker daemon socket/is,
    "permission denied on Docker's socket there",
    'run "sudo usermod -aG docker {user}" there; a shared ssh connection has to be closed for it to count',
  ],
  [
    /dial unix.*(refused|no such file)|cannot connect to the docker daemon/is,
    "Docker is not running there",
    'start it ("sudo systemctl start docker"), or see why it stopped ("sudo journalctl -u docker")',
  ],
  [/could not resolve hostname/i, "no address is known for {host}", "correct the host's name"],
  [
    /connect to host .*: connection refused/i,
    "nothing listens on port {port} of {host}",
    "start sshd there, or correct the address",
  ],
  [
    /connection timed out|operation timed out|no route to host|network is unreachable/i,
    "{host} is out of reach: {found}",
    "see that it is up and that its firewall lets ssh (port {port}) through, or correct the address",
  ],
  [
    /kex_exchange_identification|connection (closed|reset) by/i,
    "its sshd closed the connection",
    "see sshd's log there; from ten logins at once it drops some (MaxStartups), which ControlMaster prevents",
  ],
  [/spawn ssh ENOENT/, "there is no ssh command here", "install the OpenSSH client on this machine"],
];

/** What the system says of a socket. */
const OVER_UNIX: Readings = [
  [
    /EACCES/,
    "permission denied on its socket",
    'run "sudo usermod -aG docker $USER" and log in again, or run this as root',
  ],
  [
    /ENOENT|ECONNREFUSED/,
    "nothing listens there",
    'start Docker ("sudo systemctl start docker"), or correct the address',
  ],
];

/** What the system says of TCP and TLS. */
const OVER_TCP: Readings = [
  [
    /ECONNREFUSED/,
    "nothing listens on port {port} of {host}",
    "let Docker listen there (dockerd --host), or correct the address",
  ],
  [/ENOTFOUND|EAI_AGAIN/, "no address is known for {host}", "correct the host's name"],
  [
    /ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/,
    "{host} is out of reach: {found}",
    "see that it is up and that its firewall lets port {port} through, or correct the address",
  ],
  [
    /EPROTO|certificate|wrong version number|socket hang up|it answered 400|ECONNRESET/i,
    "no agreement on TLS: {found}",
    "put ca.pem, cert.pem and key.pem for this host into a folder and its path into DOCKER_CERT_PATH",
  ],
];

const READINGS: Readonly<Record<string, Readings>> = { "ssh:": OVER_SSH, "unix:": OVER_UNIX, "tcp:": OVER_TCP };

/**
 * What is wrong with a Docker host that could not be asked: cause and remedy.
 * @param key The setting or variable that named the host.
 */
export function hostFault(endpoint: string, error: Error, key = "host"): Fault {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const [cause, remedy] = read([...ANYWHERE, ...(READINGS[url?.protocol ?? ""] ?? [])], error.message);
  const place = url === undefined ? {} : partsOf(url);
  return {
    key,
    must: `must be a Docker host that answers (${filled(cause, place)})`,
    got: endpoint,
    remedy: filled(remedy, place),
  };
}

/** What is wrong with a Docker host that answers with this version of its API; undefined where nothing is. */
export function apiFault(endpoint: string, version: string, key = "host"): Fault | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_API;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return undefined;
  const must = `must run Docker Engine 20.10 or later (API ${OLDEST_API.join(".")}; it has ${version})`;
  return { key, must, got: endpoint, remedy: "update Docker there" };
}

function read(readings: Readings, message: string): readonly [cause: string, remedy: string] {
  for (const [said, cause, remedy] of readings) {
    const found = said.exec(message)?.[0];
    if (found !== undefined) return [cause.replace("{found}", found), remedy];
  }
  // ssh warns first and says last what ended it.
  return [message.trim().split("\n").at(-1)?.trim() ?? "", "start Docker there, or correct the address"];
}

function filled(text: string, place: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => place[name] ?? whole);
}

function partsOf({ protocol, username, hostname, port }: URL): Record<string, string> {
  const host = hostname.replace(/^\[|\]$/g, "");
  const user = decodeURIComponent(username);
  const name = user === "" ? host : `${user}@${host}`;
  return {
    host,
    user: user || "<user>",
    port: port || (protocol === "ssh:" ? "22" : "2375"),
    login: port === "" ? name : `-p ${port} ${name}`,
    known: port === "" ? host : `'[${host}]:${port}'`,
  };
}
