import { element, type Svg, text } from "../../scripts/lib/svg.ts";
import { growth, TITLES } from "./report.ts";
import type { Measured } from "./measure.ts";
import { median } from "./statistics.ts";

const INK = { text: "#1f2328", soft: "#59636e", line: "#d1d9e0", ground: "#ffffff", bar: "#0969da", other: "#8c959f" };
const SANS = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif";
const WIDTH = 860;
const LABELS = 400;
const ROW = 30;

/** The cases as bars with their spread, and below them what the number of containers costs. */
export function plot(measured: Measured): Svg {
  const names = Object.keys(TITLES).filter((name) => measured.samples[name]);
  const middle = 60 + names.length * ROW + 50;
  const height = middle + 260;
  const frame = { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${WIDTH} ${height}`, width: WIDTH, height };
  return `${element(
    "svg",
    { ...frame, role: "img", "font-family": SANS, "font-size": 12 },
    element("title", {}, "What a preview costs"),
    element("rect", { width: WIDTH, height, rx: 12, fill: INK.ground }),
    heading("Seconds, median; the line from the least to the most", 34),
    ...bars(measured, names),
    heading("Seconds by the number of containers", middle),
    ...curves(measured, middle + 30),
  )}\n`;
}

function heading(content: string, y: number): Svg {
  return text(content, { x: 24, y, "font-size": 15, "font-weight": 600, fill: INK.text });
}

function bars({ samples }: Measured, names: readonly string[]): Svg[] {
  const walls = names.map((name) => (samples[name] ?? []).map(({ wall }) => wall));
  const scale = (WIDTH - LABELS - 80) / Math.max(...walls.flat());
  return names.flatMap((name, index) => {
    const wall = walls[index] ?? [];
    const y = 52 + index * ROW;
    const [least, middle, most] = [Math.min(...wall), median(wall), Math.max(...wall)].map((value) => value * scale);
    const fill = ["empty", "template", "compose"].includes(name) ? INK.other : INK.bar;
    const line = { x1: LABELS + (least ?? 0), x2: LABELS + (most ?? 0), y1: y + 10, y2: y + 10, stroke: INK.text };
    const title = (TITLES[name] ?? name).replaceAll("`", "");
    return [
      text(title, { x: LABELS - 10, y: y + 14, "text-anchor": "end", fill: INK.text }),
      element("rect", { x: LABELS, y, width: (middle ?? 0).toFixed(1), height: 20, rx: 3, fill }),
      element("line", line),
      text(median(wall).toFixed(1), { x: LABELS + (most ?? 0) + 8, y: y + 14, fill: INK.soft }),
    ];
  });
}

function curves(measured: Measured, top: number): Svg[] {
  const lines = [
    { name: "both", colour: INK.bar },
    { name: "plain", colour: INK.other },
  ].map((line) => ({ ...line, points: growth(measured, line.name, "wall") }));
  const [maxX, maxY] = [0, 1].map((axis) =>
    Math.max(...lines.flatMap(({ points }) => points.map((one) => one[axis] ?? 0))),
  );
  const x = (value: number): number => 60 + (value / (maxX || 1)) * (WIDTH - 330);
  const y = (value: number): number => top + 180 - (value / (maxY || 1)) * 170;
  const axis = { x1: 60, x2: WIDTH - 260, y1: y(0), y2: y(0), stroke: INK.line };
  return [
    element("line", axis),
    ...(lines[0]?.points ?? []).map(([n]) =>
      text(String(n), { x: x(n), y: y(0) + 18, "text-anchor": "middle", fill: INK.soft }),
    ),
    ...lines.flatMap(({ name, colour, points }) => [
      element("polyline", {
        points: points.map(([n, s]) => `${x(n).toFixed(1)},${y(s).toFixed(1)}`).join(" "),
        fill: "none",
        stroke: colour,
        "stroke-width": 2,
      }),
      ...points.map(([n, s]) => element("circle", { cx: x(n).toFixed(1), cy: y(s).toFixed(1), r: 3.5, fill: colour })),
      ...points.map(([n, s]) => text(s.toFixed(1), { x: x(n), y: y(s) - 9, "text-anchor": "middle", fill: INK.soft })),
      text(name === "both" ? "refresh and audit" : "neither", {
        x: WIDTH - 240,
        y: y(points.at(-1)?.[1] ?? 0) + 4,
        fill: colour,
      }),
    ]),
  ];
}
