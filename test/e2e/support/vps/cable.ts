import { execa } from "execa";

/** A network between this machine and one other. */
export interface Cable {
  /** Name of this machine's end, of 13 characters at most; the other end is `eth0`. */
  readonly name: string;
  /** First three numbers of its addresses: .1 is this machine, .2 the other. */
  readonly prefix: string;
}

/** Joins the network namespace of a process to this machine, and through it to where this machine reaches. */
export async function connectCable({ name, prefix }: Cable, pid: number): Promise<void> {
  const inside = (...args: string[]) => execa("nsenter", ["--net", `--target=${pid}`, "ip", ...args]);
  await execa("ip", ["link", "add", name, "type", "veth", "peer", "name", `${name}-c`]);
  await execa("ip", ["link", "set", `${name}-c`, "netns", String(pid), "name", "eth0"]);
  await execa("ip", ["addr", "add", `${prefix}.1/24`, "dev", name]);
  await execa("ip", ["link", "set", name, "up"]);
  await inside("link", "set", "lo", "up");
  await inside("addr", "add", `${prefix}.2/24`, "dev", "eth0");
  await inside("link", "set", "eth0", "up");
  await inside("route", "add", "default", "via", `${prefix}.1`);
  await execa("sysctl", ["-qw", "net.ipv4.ip_forward=1"]);
  for (const [table, chain, ...rule] of rules({ name, prefix }))
    await execa("iptables", ["-w", "-t", table, "-I", chain, ...rule]);
}

/** Also what an earlier run left behind; nothing where nothing is. */
export async function disconnectCable(cable: Cable): Promise<void> {
  await execa("ip", ["link", "del", cable.name], { reject: false });
  for (const [table, chain, ...rule] of rules(cable)) {
    const remove = () => execa("iptables", ["-w", "-t", table, "-D", chain, ...rule], { reject: false });
    while ((await remove()).exitCode === 0);
  }
}

/** Docker lets nothing be forwarded that it does not know. */
function rules({ name, prefix }: Cable): [table: string, chain: string, ...rule: string[]][] {
  return [
    ["filter", "FORWARD", "-i", name, "-j", "ACCEPT"],
    ["filter", "FORWARD", "-o", name, "-j", "ACCEPT"],
    ["nat", "POSTROUTING", "-s", `${prefix}.0/24`, "!", "-o", name, "-j", "MASQUERADE"],
  ];
}
