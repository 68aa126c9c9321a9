/** The lines of a self-check's report, each as its columns: property, found, declared, and what people can do. */
export function linesOf(report: string): string[][] {
  const lines = report.split("\n").filter((line) => line.includes("\t"));
  return lines.map((line) => line.split("\t"));
}

/** Whether a report has anything that its service's repair sets right. */
export function asksForRepair(report: string): boolean {
  return linesOf(report).some(({ length }) => length < 4);
}
