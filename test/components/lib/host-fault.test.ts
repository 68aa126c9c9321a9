// Does not prove that ssh, docker and the system say these things; test/e2e/ssh.e2e.ts does for most.
import assert from "node:assert/strict";
import { renderFault } from "../../../components/lib/fault.ts";
import { apiFault, hostFault } from "../../../components/lib/host-fault.ts";

/** What a host's failure is shown as, without the part that is the same for all. */
function shown(endpoint: string, said: string): string {
  const { key, must, got, remedy } = hostFault(endpoint, new Error(said));
  assert.deepStrictEqual([key, got], ["host", endpoint]);
  return `${/^must be a Docker host that answers \((.*)\)$/.exec(must)?.[1]} | ${remedy}`;
}

const CHANGED = [
  "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@",
  "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @",
  "Host key for example.org has changed and you have requested strict checking.",
  "Host key verification failed.",
].join("\r\n");
const DIAL = "failed to open the raw stream connection: dial unix /var/run/docker.sock: connect:";

const OVER_SSH: Record<string, [said: string, shown: string]> = {
  "a changed host key": [
    CHANGED,
    "its ssh host key is not the one in known_hosts | if the host was set up anew, " +
      'run "ssh-keygen -R example.org", then "ssh deploy@example.org" once; if not, somebody may be in between',
  ],
  "an unknown host key": [
    "No ED25519 host key is known for example.org and you have requested strict checking.\r\nHost key verification failed.",
    'its ssh host key is not in known_hosts | run "ssh deploy@example.org" once and compare the fingerprint that it shows',
  ],
  "a wrong key": [
    "deploy@example.org: Permission denied (publickey,password).",
    'ssh: Permission denied (publickey,password) | let your key in by "ssh-copy-id deploy@example.org", ' +
      "or name the right one in ~/.ssh/config",
  ],
  "too many keys": [
    "Received disconnect from 10.0.0.2 port 22:2: Too many authentication failures",
    "ssh: Too many authentication failures | name the right key in ~/.ssh/config: IdentityFile, with IdentitiesOnly yes",
  ],
  "a missing docker command": [
    "bash: line 1: docker: command not found",
    'there is no docker command there | install Docker there, for example by "sudo apt-get install docker.io"',
  ],
  "a missing docker command, as a plain shell says it": [
    "sh: 1: docker: not found",
    'there is no docker command there | install Docker there, for example by "sudo apt-get install docker.io"',
  ],
  "a user who may not use Docker": [
    `${DIAL} permission denied`,
    'permission denied on Docker\'s socket there | run "sudo usermod -aG docker deploy" there; ' +
      "a shared ssh connection has to be closed for it to count",
  ],
  "a user who may not use Docker, as its client says it": [
    "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock",
    'permission denied on Docker\'s socket there | run "sudo usermod -aG docker deploy" there; ' +
      "a shared ssh connection has to be closed for it to count",
  ],
  "an engine that is down": [
    `${DIAL} no such file or directory`,
    'Docker is not running there | start it ("sudo systemctl start docker"), ' +
      'or see why it stopped ("sudo journalctl -u docker")',
  ],
  "an engine whose socket was left behind": [
    `${DIAL} connection refused`,
    'Docker is not running there | start it ("sudo systemctl start docker"), ' +
      'or see why it stopped ("sudo journalctl -u docker")',
  ],
  "an unknown name": [
    "ssh: Could not resolve hostname example.org: Name or service not known",
    "no address is known for example.org | correct the host's name",
  ],
  "no sshd": [
    "ssh: connect to host example.org port 22: Connection refused",
    "nothing listens on port 22 of example.org | start sshd there, or correct the address",
  ],
  "swallowed packets": [
    "ssh: connect to host example.org port 22: Connection timed out",
    "example.org is out of reach: Connection timed out | see that it is up and that its firewall lets ssh (port 22) " +
      "through, or correct the address",
  ],
  "no route": [
    "ssh: connect to host example.org port 22: No route to host",
    "example.org is out of reach: No route to host | see that it is up and that its firewall lets ssh (port 22) " +
      "through, or correct the address",
  ],
  "sshd's limits": [
    "kex_exchange_identification: read: Connection reset by peer\r\nConnection reset by 10.0.0.2 port 22",
    "its sshd closed the connection | see sshd's log there; from ten logins at once it drops some (MaxStartups), " +
      "which ControlMaster prevents",
  ],
  "a machine without ssh": [
    "spawn ssh ENOENT",
    "there is no ssh command here | install the OpenSSH client on this machine",
  ],
  "a daemon that hangs": [
    "no answer within 7 s",
    'no answer within 7 s, though something listens there | restart Docker there ("sudo systemctl restart docker")',
  ],
  "anything else, by its last line": [
    "Warning: something\r\nsomething new\r\n",
    "something new | start Docker there, or correct the address",
  ],
};

const ELSEWHERE: Record<string, [endpoint: string, said: string, shown: string]> = {
  "a socket of others": [
    "unix:///var/run/docker.sock",
    "connect EACCES /var/run/docker.sock",
    'permission denied on its socket | run "sudo usermod -aG docker $USER" and log in again, or run this as root',
  ],
  "no socket": [
    "unix:///var/run/docker.sock",
    "connect ENOENT /var/run/docker.sock",
    'nothing listens there | start Docker ("sudo systemctl start docker"), or correct the address',
  ],
  "a socket left behind": [
    "unix:///var/run/docker.sock",
    "connect ECONNREFUSED /var/run/docker.sock",
    'nothing listens there | start Docker ("sudo systemctl start docker"), or correct the address',
  ],
  "a local daemon that hangs": [
    "unix:///var/run/docker.sock",
    "no answer within 7 s",
    'no answer within 7 s, though something listens there | restart Docker there ("sudo systemctl restart docker")',
  ],
  "a closed port": [
    "tcp://example.org",
    "connect ECONNREFUSED 10.0.0.2:2375",
    "nothing listens on port 2375 of example.org | let Docker listen there (dockerd --host), or correct the address",
  ],
  "a name that is unknown": [
    "tcp://example.org:2376",
    "getaddrinfo ENOTFOUND example.org",
    "no address is known for example.org | correct the host's name",
  ],
  "a silent address": [
    "tcp://[fd00::1]:2376",
    "connect ETIMEDOUT fd00::1:2376",
    "fd00::1 is out of reach: ETIMEDOUT | see that it is up and that its firewall lets port 2376 through, " +
      "or correct the address",
  ],
  "plain HTTP to TLS": [
    "tcp://example.org:2376",
    "it answered 400",
    "no agreement on TLS: it answered 400 | put ca.pem, cert.pem and key.pem for this host into a folder " +
      "and its path into DOCKER_CERT_PATH",
  ],
  "an unknown kind of address": [
    "npipe:////./pipe/docker_engine",
    "Docker host npipe:////./pipe/docker_engine: unknown kind of address; write unix://, ssh:// or tcp://",
    "unknown kind of address | write unix://, ssh:// or tcp://",
  ],
  "no address at all": ["vps", "Invalid URL", "unknown kind of address | write unix://, ssh:// or tcp://"],
  "a port of its own, a user who is not named": [
    "ssh://example.org:2222",
    CHANGED,
    'its ssh host key is not the one in known_hosts | if the host was set up anew, run "ssh-keygen -R ' +
      '\'[example.org]:2222\'", then "ssh -p 2222 example.org" once; if not, somebody may be in between',
  ],
  "a user who is not named and may not use Docker": [
    "ssh://example.org",
    `${DIAL} permission denied`,
    'permission denied on Docker\'s socket there | run "sudo usermod -aG docker <user>" there; ' +
      "a shared ssh connection has to be closed for it to count",
  ],
};

describe("hostFault", () => {
  for (const [title, [said, expected]] of Object.entries(OVER_SSH))
    it(`reads from ssh: ${title}`, () => assert.equal(shown("ssh://deploy@example.org", said), expected));

  for (const [title, [endpoint, said, expected]] of Object.entries(ELSEWHERE))
    it(`reads ${title}`, () => assert.equal(shown(endpoint, said), expected));

  it("is one line that names what named the host", () =>
    assert.equal(
      renderFault(hostFault("ssh://deploy@example.org", new Error(`${DIAL} no such file or directory`), "DOCKER_HOST")),
      'DOCKER_HOST: must be a Docker host that answers (Docker is not running there), got "ssh://deploy@example.org"; ' +
        'start it ("sudo systemctl start docker"), or see why it stopped ("sudo journalctl -u docker")',
    ));
});

describe("apiFault", () => {
  for (const version of ["1.41", "1.50", "2.0"])
    it(`finds nothing wrong with API ${version}`, () =>
      assert.equal(apiFault("ssh://example.org", version), undefined));

  for (const version of ["1.40", "1.9", "1.0"])
    it(`refuses API ${version}`, () =>
      assert.equal(
        renderFault(apiFault("ssh://example.org", version, "host")!),
        `host: must run Docker Engine 20.10 or later (API 1.41; it has ${version}), got "ssh://example.org"; ` +
          "update Docker there",
      ));
});
