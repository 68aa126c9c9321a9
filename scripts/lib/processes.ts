import { readFileSync } from "node:fs";

/**
 * Whether the process that had an id at some time still runs. A process that was killed and that nobody has waited for
 * (in a container whose first process is no init, for ever) does not run; nor does one whose id another has by now.
 */
export function isRunning(pid: number, at?: Date): boolean {
  const found = stat(pid);
  if (found === undefined) return answersSignals(pid);
  return !found.dead && (at === undefined || found.startedAt.getTime() < at.getTime() + CLOCK_MARGIN);
}

/** Milliseconds: the kernel counts from a boot time that it rounds to seconds. */
const CLOCK_MARGIN = 2000;

/** Ticks a second in /proc, the same on every Linux. */
const TICKS = 100;

function stat(pid: number): { dead: boolean; startedAt: Date } | undefined {
  try {
    const fields = statFields(readFileSync(`/proc/${pid}/stat`, "utf8"));
    const booted = Number(/^btime (\d+)/m.exec(readFileSync("/proc/stat", "utf8"))?.[1]);
    return { dead: fields.dead, startedAt: new Date((booted + fields.ticks / TICKS) * 1000) };
  } catch {
    return undefined;
  }
}

/** State and start of a process, of the line that `/proc/<pid>/stat` holds; the command in it may hold anything. */
export function statFields(line: string): { dead: boolean; ticks: number } {
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  return { dead: ["Z", "X"].includes(fields[0] ?? ""), ticks: Number(fields[19]) };
}

/** Where there is no /proc. */
function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there and somebody else's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
