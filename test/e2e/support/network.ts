import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type Docker from "dockerode";
import { execa } from "execa";
import { root } from "./stack.ts";

/** Row by row, what docs/networks.md says: `{ beat: { postgres: true, outside: false } }`. */
export type Matrix = Readonly<Record<string, Readonly<Record<string, boolean>>>>;

/**
 * Reads the table of docs/networks.md, so that the page is what is tested, with what the page says below it of other
 * engines and hosts.
 */
export async function documentedMatrix({ Version }: { Version: string }): Promise<Matrix> {
  const page = await readFile(join(root, "docs/networks.md"), "utf8");
  const rows = page.split("\n").map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  const start = rows.findIndex(([first]) => first === "from \\ to");
  const targets = rows[start]!.slice(1);
  const body = rows.slice(start + 2).filter((row) => row.length === targets.length + 1);
  const matrix = Object.fromEntries(body.map(([from = "", ...cells]) => [from, rowOf(targets, cells)]));
  return { ...matrix, neighbour: { ...matrix["neighbour"], ...(await neighbourHere(Version)) } };
}

/** Engines from 28 refuse neighbours; before, a host that forwards by default lets them to any non-internal network. */
async function neighbourHere(version: string): Promise<Record<string, boolean>> {
  if (Number(version.split(".")[0]) >= 28) return { edge: false };
  const { stdout } = await execa("iptables", ["-S", "FORWARD"]);
  return { backend: stdout.includes("-P FORWARD ACCEPT") };
}

function rowOf(targets: string[], cells: string[]): Record<string, boolean> {
  const pairs = targets.map((target, index) => [target, cells[index]] as const).filter(([, cell]) => cell !== "-");
  return Object.fromEntries(pairs.map(([target, cell]) => [target, cell === "yes"]));
}

/** A machine of its own beside the host: a network namespace with one listener, joined to the host by a cable. */
export class OtherMachine {
  static readonly namespace = "onehost-e2e";
  static readonly address = "10.213.77.2";
  /** The host, as this machine sees it. */
  static readonly host = "10.213.77.1";
  static readonly port = 7777;

  async start(): Promise<void> {
    await this.stop();
    const { namespace, address } = OtherMachine;
    await ip("netns", "add", namespace);
    await ip("link", "add", "onehost-e2e-h", "type", "veth", "peer", "name", "onehost-e2e-c");
    await ip("link", "set", "onehost-e2e-c", "netns", namespace);
    await ip("addr", "add", `${OtherMachine.host}/24`, "dev", "onehost-e2e-h");
    await ip("link", "set", "onehost-e2e-h", "up");
    await ip("-n", namespace, "addr", "add", `${address}/24`, "dev", "onehost-e2e-c");
    await ip("-n", namespace, "link", "set", "onehost-e2e-c", "up");
    await ip("-n", namespace, "route", "add", "default", "via", OtherMachine.host);
    this.listener = execa("ip", ["netns", "exec", namespace, "node", "-e", LISTEN, String(OtherMachine.port)]);
    this.listener.catch(() => undefined);
    await execa("sleep", ["0.5"]);
  }

  private listener?: ReturnType<typeof execa>;

  async stop(): Promise<void> {
    this.listener?.kill();
    // Deleting the namespace takes its end of the cable with it, and so the other end.
    await execa("ip", ["netns", "del", OtherMachine.namespace], { reject: false });
    await execa("ip", ["link", "del", "onehost-e2e-h"], { reject: false });
  }
}

const LISTEN = 'require("net").createServer((socket) => socket.end()).listen(+process.argv[1], "0.0.0.0")';

async function ip(...args: string[]): Promise<void> {
  await execa("ip", args);
}

/** A row that is no container's: the host itself, or a machine beside it. */
export type Place = "host" | "outside" | "neighbour";

export function isPlace(name: string): name is Place {
  return ["host", "outside", "neighbour"].includes(name);
}

/** The prefix that runs a command in a container's network, or in another place's. */
export async function networkOf(place: Docker.Container | Place): Promise<string[]> {
  if (place === "host") return [];
  if (place === "outside" || place === "neighbour") return ["ip", "netns", "exec", OtherMachine.namespace];
  return ["nsenter", `--net=/proc/${(await place.inspect()).State.Pid}/ns/net`];
}

/** Whether a TCP connection to any of the addresses is answered within a second. */
export async function connects(from: string[], addresses: readonly string[], port: number): Promise<boolean> {
  const attempts = addresses.map(async (address) => {
    const [command = "", ...args] = [...from, "timeout", "1", "bash", "-c", `</dev/tcp/${address}/${port}`];
    return (await execa(command, args, { reject: false })).exitCode === 0;
  });
  return (await Promise.all(attempts)).includes(true);
}

/** A container's addresses on all of its networks. */
export async function addressesOf(container: Docker.Container): Promise<string[]> {
  const { NetworkSettings } = await container.inspect();
  return Object.values(NetworkSettings.Networks).map(({ IPAddress }) => IPAddress);
}
