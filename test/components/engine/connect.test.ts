// Does not prove that an engine answers, over any of these ways; test/e2e does for the socket, and nothing yet for ssh.
import assert from "node:assert/strict";
import type Docker from "dockerode";
import { connect, LOCAL_SOCKET, sshArguments } from "../../../components/engine/connect.ts";

interface Modem {
  readonly socketPath?: string;
  readonly host?: string;
  readonly port?: string | number;
  readonly protocol?: string;
  readonly agent?: object;
}
const modemOf = (engine: Docker): Modem => engine.modem as Modem;

describe("connect", () => {
  it("finds a socket", () =>
    assert.equal(modemOf(connect("unix:///run/user/1/docker.sock")).socketPath, "/run/user/1/docker.sock"));

  it("finds the local socket where nothing says otherwise", () =>
    assert.equal(modemOf(connect(LOCAL_SOCKET)).socketPath, "/var/run/docker.sock"));

  it("finds a host and port", () => {
    const { host, port, protocol } = modemOf(connect("tcp://10.0.0.2:2375"));
    assert.deepStrictEqual([protocol, host, String(port)], ["http", "10.0.0.2", "2375"]);
  });

  for (const [title, before] of [
    ["that names no host", undefined],
    ["that names another", "unix:///other.sock"],
  ] as const)
    it(`leaves an environment ${title} as it was`, () => {
      const { env } = process;
      const own = env["DOCKER_HOST"];
      const enter = (host: string | undefined): unknown =>
        host === undefined ? delete env["DOCKER_HOST"] : (env["DOCKER_HOST"] = host);
      enter(before);
      connect("tcp://10.0.0.2:2375");
      const after = env["DOCKER_HOST"];
      enter(own);
      assert.equal(after, before);
      assert.equal(process.env, env, "a copy would not be the process' own");
    });

  it("goes through the system's own ssh", () => {
    const { host, protocol, agent } = modemOf(connect("ssh://deploy@example.org"));
    assert.deepStrictEqual([protocol, host, agent?.constructor.name], ["http", "docker", "SshAgent"]);
  });

  for (const endpoint of ["npipe:////./pipe/docker_engine", "http://10.0.0.2", "fd://"])
    it(`refuses ${endpoint}`, () =>
      assert.throws(
        () => connect(endpoint),
        new Error(`Docker host ${endpoint}: unknown kind of address; write unix://, ssh:// or tcp://`),
      ));
});

describe("sshArguments", () => {
  const options = ["-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "-T"];
  const dial = ["docker", "system", "dial-stdio"];
  const cases: [string, string[]][] = [
    ["ssh://example.org", ["--", "example.org"]],
    ["ssh://deploy@example.org", ["-l", "deploy", "--", "example.org"]],
    ["ssh://deploy@example.org:2222", ["-l", "deploy", "-p", "2222", "--", "example.org"]],
    ["ssh://[fd00::1]:2222", ["-p", "2222", "--", "fd00::1"]],
    ["ssh://some%40body@host", ["-l", "some@body", "--", "host"]],
  ];
  for (const [url, middle] of cases)
    it(`of ${url} never ask, never wait for long, and end with dial-stdio`, () =>
      assert.deepStrictEqual(sshArguments(new URL(url)), [...options, ...middle, ...dial]));

  it("never take a host for an option", () => {
    const list = sshArguments(new URL("ssh://-oProxyCommand=x"));
    assert.ok(list.indexOf("--") < list.indexOf("-oProxyCommand=x"));
  });
});
