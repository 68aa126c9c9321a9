import { paint } from "./colours.ts";
import type { ContainerStatus } from "./container-status.ts";
import type { StackStatus } from "./stack-status.ts";
import { table } from "./table.ts";

const HEADING = ["service", "state", "since", "restarts", "image", "memory", "cpu", "serving"];

/** A stack's status as people read it: a table, what is wrong, and where it is served. */
export function statusText(status: StackStatus, now: number, colours: boolean): string {
  const { containers, stack, url, well } = status;
  const [heading = "", ...rows] = table(
    HEADING,
    containers.map((one) => row(one, now)),
  );
  const painted = rows.map((line, index) => paintRow(line, containers[index] as ContainerStatus, colours));
  const complaints = containers.filter((one) => !one.well).map(complaint);
  const verdict = well ? `Stack ${stack} is well` : `Stack ${stack} is not well`;
  const last = paint(well ? "green" : "red", verdict, colours) + (url === null ? "" : `: ${url}`);
  return [heading, ...painted, "", ...complaints, ...(complaints.length > 0 ? [""] : []), last].join("\n");
}

function row(one: ContainerStatus, now: number): string[] {
  return [
    one.container,
    one.health === undefined ? one.state : `${one.state}, ${one.health}`,
    one.since === undefined ? "" : ago(now - Date.parse(one.since)),
    one.state === "missing" ? "" : String(one.restarts),
    one.image,
    one.memory === undefined ? "" : memory(one.memory),
    one.cpus === undefined ? "" : `${(one.cpus * 100).toFixed(1)} %`,
    one.serving === null ? "" : one.serving ? "yes" : "no",
  ];
}

function paintRow(line: string, { well, serving }: ContainerStatus, colours: boolean): string {
  if (!well) return paint("red", line, colours);
  return serving === false ? paint("gray", line, colours) : line;
}

function memory({ used, limit }: { used: number; limit: number }): string {
  const mib = (bytes: number): number => Math.round(bytes / 2 ** 20);
  return limit === 0 ? `${mib(used)} MiB, no limit` : `${mib(used)} of ${mib(limit)} MiB`;
}

const UNITS = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
] as const;

/** A span of time in its two largest units: "2 d 4 h", "3 min 20 s". */
export function ago(milliseconds: number): string {
  let rest = Math.max(0, Math.floor(milliseconds / 1000));
  const parts = UNITS.map(([unit, length]) => {
    const count = Math.floor(rest / length);
    rest -= count * length;
    return { unit, count };
  });
  const first = parts.findIndex(({ count }) => count > 0);
  if (first < 0) return "0 s";
  const shown = parts.slice(first, first + 2).filter(({ count }) => count > 0);
  return shown.map(({ unit, count }) => `${count} ${unit}`).join(" ");
}

/** What is wrong with a container, in one line. */
export function complaint(one: ContainerStatus): string {
  if (one.state === "missing") return `${one.container}: missing; the stack's file asks for it: run up`;
  const exit = one.exitCode === undefined ? "" : `, exit code ${one.exitCode}`;
  const oom = one.outOfMemory ? ", killed for want of memory" : "";
  const line = one.lastLine === undefined ? "" : `; its last line: ${one.lastLine}`;
  return `${one.container}: ${one.health === undefined ? one.state : `${one.state}, ${one.health}`}${exit}${oom}${line}`;
}
