// Does not prove that an engine answers, over any of these ways; test/e2e does for the socket and ssh.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import type Docker from "dockerode";
import { connect, LOCAL_SOCKET } from "../../../components/engine/connect.ts";

interface Modem {
  readonly socketPath?: string;
  readonly host?: string;
  readonly port?: string | number;
  readonly protocol?: string;
  readonly agent?: object;
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
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

  for (const other of ["unix:///other.sock", "tcp://10.0.0.9:99", "ssh://other"])
    it(`does not mix an address with that of the environment, ${other}`, () => {
      const { DOCKER_HOST: own } = process.env;
      process.env["DOCKER_HOST"] = other;
      const [socket, address] = ["unix:///own.sock", "tcp://10.0.0.2"].map((endpoint) => modemOf(connect(endpoint)));
      if (own === undefined) delete process.env["DOCKER_HOST"];
      else process.env["DOCKER_HOST"] = own;
      assert.deepStrictEqual([socket?.protocol, socket?.socketPath, socket?.host], ["http", "/own.sock", undefined]);
      assert.deepStrictEqual([address?.protocol, address?.host, address?.port], ["http", "10.0.0.2", 2375]);
    });

  it("takes certificates from where DOCKER_CERT_PATH says", () => {
    const folder = mkdtempSync(`${tmpdir()}/onehost-certificates-`);
    for (const name of ["ca", "cert", "key"]) writeFileSync(`${folder}/${name}.pem`, name);
    process.env["DOCKER_CERT_PATH"] = folder;
    const { protocol, port, ca, cert, key } = modemOf(connect("tcp://10.0.0.2:2376"));
    delete process.env["DOCKER_CERT_PATH"];
    rmSync(folder, { recursive: true });
    assert.deepStrictEqual(
      [protocol, port, String(ca), String(cert), String(key)],
      ["https", 2376, "ca", "cert", "key"],
    );
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
