import { SERVICES } from "./project.ts";
import { difference, median, ratio, type Sample, slope } from "./statistics.ts";
import type { Measured } from "./measure.ts";

/** What the cases are, in the order of the table. */
export const TITLES: Readonly<Record<string, string>> = {
  empty: "preview of an empty program, run by tsx",
  template: "preview of an empty program, as `pulumi new typescript` runs it",
  compose: "docker compose up -d, no changes",
  plain: "preview, neither refresh nor audit",
  audit: "preview, audit",
  refresh: "preview, refresh",
  both: "preview, refresh and audit (the default)",
  drift: "npm run drift",
};

/** What was measured, as Markdown. */
export function report(measured: Measured): string {
  const { machine, audit } = measured;
  return [
    ...casesTable(measured),
    "",
    ...goalsTable(measured),
    "",
    `The audit in a program of its own: first ${milliseconds(audit.cold)}, then ${audit.warm.map(milliseconds).join(", ")}; ` +
      `loading its modules after the settings' ${milliseconds(audit.load)}.`,
    "",
    `Machine: ${Object.entries(machine)
      .map(([name, value]) => `${name} ${value}`)
      .join(", ")}.`,
  ].join("\n");
}

function casesTable(measured: Measured): string[] {
  const order = (name: string): number => [...Object.keys(TITLES)].indexOf(name.split("@")[0] ?? "");
  const sorted = Object.entries(measured.samples)
    .filter(([name]) => !name.startsWith("empty@"))
    .sort(([a], [b]) => Number(a.includes("@")) - Number(b.includes("@")) || order(a) - order(b));
  const heading = [
    "| | seconds | least to most | × empty | CPU seconds | × empty |",
    "| --- | --: | --: | --: | --: | --: |",
  ];
  return [...heading, ...sorted.map(([name, samples]) => row(measured, name, samples))];
}

function row({ samples: all }: Measured, name: string, samples: readonly Sample[]): string {
  const wall = samples.map((sample) => sample.wall);
  // Of the same rounds.
  const empty = name.replace(/^[^@]*/, "empty");
  const cells = [
    titleOf(name),
    median(wall).toFixed(2),
    `${Math.min(...wall).toFixed(2)} to ${Math.max(...wall).toFixed(2)}`,
    ratio(all, name, empty, "wall").toFixed(1),
    median(samples.map(({ cpu }) => cpu)).toFixed(2),
    ratio(all, name, empty, "cpu").toFixed(1),
  ];
  return `| ${cells.join(" | ")} |`;
}

/** A case in words: of a larger stack, with the number of its containers. */
export function titleOf(name: string): string {
  const [base = "", times] = name.split("@");
  const title = TITLES[base] ?? base;
  return times === undefined ? title : `${title}; ${Number(times) * SERVICES} containers`;
}

/** Containers and median seconds of a case, over the sizes. */
export function growth({ samples, sizes }: Measured, name: string, figure: keyof Sample): [number, number][] {
  return sizes.map((times) => {
    const runs = samples[times === 1 ? name : `${name}@${times}`] ?? [];
    return [times * SERVICES, median(runs.map((run) => run[figure]))];
  });
}

function goalsTable(measured: Measured): string[] {
  const { samples, audit } = measured;
  const goals: [string, number, number, string][] = [
    ["plain preview ÷ empty program", 2, ratio(samples, "plain", "empty", "wall"), ""],
    ["plain preview ÷ empty program of the template", 2, ratio(samples, "plain", "template", "wall"), ""],
    ["refresh and audit − refresh", 1, difference(samples, "both", "refresh", "wall"), " s"],
    ["audit of the stack, asked again", 0.15, median(audit.warm), " s"],
    ["each added container, refresh and audit", 0.04, slope(growth(measured, "both", "wall")), " s"],
    ["each added container, plain", 0.04, slope(growth(measured, "plain", "wall")), " s"],
  ];
  const known = goals.filter(([, , value]) => Number.isFinite(value));
  const rows = known.map(([name, most, value, unit]) => {
    const verdict = value <= most ? "yes" : "no";
    return `| ${name} | ${most}${unit} | ${value.toFixed(unit ? 3 : 1)}${unit} | ${verdict} |`;
  });
  return ["| goal | at most | measured | reached |", "| --- | --: | --: | --- |", ...rows];
}

function milliseconds(seconds: number): string {
  return `${Math.round(seconds * 1000)} ms`;
}
