import { readFile } from "node:fs/promises";
import type Docker from "dockerode";

/**
 * Whether a container's process 1 was stopped by a signal (`docker kill -s STOP`). What it started goes on serving and
 * passes its health checks, but hears of no `docker stop`: a Postgres would be killed after its grace period.
 * `docker top` knows it of any host, but takes the engine 80 ms for eight containers; so the kernel is asked, and where
 * the host is another machine nothing is known.
 */
export async function isHalted({ Id, State: { Pid } }: Docker.ContainerInspectInfo): Promise<boolean> {
  if (!Pid) return false;
  try {
    const [cgroup, stat] = await Promise.all(
      ["cgroup", "stat"].map((file) => readFile(`/proc/${Pid}/${file}`, "utf8")),
    );
    return cgroup?.includes(Id) === true && stateOf(stat ?? "") === "T";
  } catch {
    // No such process here: it has ended meanwhile, or the host is another machine.
    return false;
  }
}

/** The letter behind the command's name, which is in parentheses and may hold any character. */
function stateOf(stat: string): string {
  return stat.slice(stat.lastIndexOf(")") + 2)[0] ?? "";
}
