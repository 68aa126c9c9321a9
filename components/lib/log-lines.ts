/**
 * The lines of a log, with each run of lines that differ only in digits shown as its last line and a count: a gate asks
 * an application four times a second, and its access log would else be all that there is to see.
 */
export function collapse(log: string): string[] {
  const runs: { shape: string; last: string; count: number }[] = [];
  for (const line of log.split("\n").filter((text) => text.trim() !== "")) {
    const shape = line.replace(/\d+/g, "0");
    const run = runs.at(-1);
    if (run?.shape === shape) Object.assign(run, { last: line, count: run.count + 1 });
    else runs.push({ shape, last: line, count: 1 });
  }
  return runs.map(({ last, count }) => (count === 1 ? last : `${last} (${count} such lines)`));
}

/** How software says that something is wrong. */
const COMPLAINT = /\b(error|exception|fatal|panic|critical|traceback|cannot|failed|not found)\b|\w(Error|Exception)\b/i;

/** A container that crashes again and again may be looked at while it writes its next trace (seen): that is no last word. */
const PART_OF_TRACE = /^(\s|Traceback \(most recent call last\):)/;

/** The last line of a log that says what is wrong, or simply the last: "ModuleNotFoundError: No module named 'bot'". */
export function lastWords(log: string): string {
  const lines = log.split("\n").filter((line) => line.trim() !== "");
  const complaints = lines.filter((line) => COMPLAINT.test(line));
  const told = complaints.findLast((line) => !PART_OF_TRACE.test(line)) ?? complaints.at(-1) ?? lines.at(-1) ?? "";
  return told.trim().slice(0, 300);
}
