import { type Layout, layoutOf, type Line, type PlacedCard, type Rail, SIZE } from "./diagram-layout.ts";
import type { Picture } from "./picture.ts";
import type { Plan, PlannedChange } from "./planned.ts";
import type { Operation } from "./preview-step.ts";
import { element, type Svg, text } from "./svg.ts";

const INK = { text: "#1f2328", soft: "#59636e", line: "#d1d9e0", card: "#ffffff", ground: "#f6f8fa" };
const NETWORKS = ["#0969da", "#8250df", "#1a7f74", "#bf5b04", "#bf3989", "#57606a"];
const CHANGES: Readonly<Record<Operation, { colour: string; sign: string }>> = {
  create: { colour: "#1a7f37", sign: "+" },
  update: { colour: "#9a6700", sign: "~" },
  replace: { colour: "#bc4c00", sign: "±" },
  delete: { colour: "#cf222e", sign: "−" },
};
const SANS = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif";

/** Characters of the small type that fit into a card beside an icon. */
const FIT = 19;

/** Draws a stack as SVG; with a plan, what the next `up` would change, and all else greyed. */
export function diagram(picture: Picture, plan?: Plan): Svg {
  const layout = layoutOf(picture, plan);
  const { width, height, cards, rails } = layout;
  const colours = new Map(picture.networks.map(({ name }, index) => [name, NETWORKS[index % NETWORKS.length] ?? ""]));
  const title = plan ? `Stack ${picture.stack}: what the next up would change` : `Stack ${picture.stack}`;
  const attributes = { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${width} ${height}`, width, height };
  const ground = { x: 0.5, y: 0.5, width: width - 1, height: height - 1, rx: 12, fill: INK.ground, stroke: INK.line };
  const parts = [
    element("title", {}, title.replace(/[&<>]/g, "")),
    element("rect", ground),
    text(title, { x: SIZE.margin, y: 34, "font-size": 18, "font-weight": 600, fill: INK.text }),
    text(subtitle(picture, plan), { x: SIZE.margin, y: 53, "font-size": 12, fill: INK.soft }),
    ...rails.map((rail) => drawRail(rail, layout, colours.get(rail.name) ?? "", plan !== undefined)),
    ...cards.flatMap((card) => connectors(card, layout, colours, plan !== undefined)),
    ...cards.map((card) => drawCard(card, plan !== undefined)),
    text(footer(picture, plan), { x: SIZE.margin, y: height - SIZE.margin, "font-size": 12, fill: INK.soft }),
  ];
  return `${element("svg", { ...attributes, role: "img", "font-family": SANS }, ...parts)}\n`;
}

function subtitle({ services }: Picture, plan: Plan | undefined): string {
  const containers = services.reduce((sum, { replicas }) => sum + replicas, 0);
  if (plan === undefined) return `${services.length} services in ${containers} containers on one Docker host`;
  const changes = Object.keys(plan.services);
  return changes.length === 0 ? "no service changes" : `changes: ${changes.join(", ")}`;
}

function footer({ jobs }: Picture, plan: Plan | undefined): string {
  if (plan === undefined) {
    const runs = jobs.length === 0 ? "" : `; run to their end, where something needs them: ${jobs.join(", ")}`;
    return `a padlock: data that destroy stops at${runs}`;
  }
  const others = { ...plan.volumes, ...plan.others };
  const named = Object.entries(others).map(([name, { operation }]) => `${CHANGES[operation].sign} ${name}`);
  const more = named.length > 5 ? `   and ${named.length - 5} more` : "";
  return named.length === 0 ? "" : `besides: ${named.slice(0, 5).join("   ")}${more}`;
}

function drawRail({ name, internal, y, change }: Rail, { width }: Layout, own: string, isPlan: boolean): Svg {
  const colour = change === undefined ? own : CHANGES[change.operation].colour;
  const x1 = SIZE.margin + SIZE.gutter - 8;
  const line = {
    x1,
    x2: width - SIZE.margin,
    y1: y,
    y2: y,
    stroke: colour,
    "stroke-width": 4,
    "stroke-linecap": "round",
  };
  return element(
    "g",
    { opacity: isPlan && change === undefined ? 0.35 : undefined },
    element("line", { ...line, "stroke-dasharray": internal ? undefined : "10 8" }),
    text(mark(change) + name, { x: SIZE.margin, y: y - 1, "font-size": 13, "font-weight": 600, fill: colour }),
    text(internal ? "internal" : "reaches outside", { x: SIZE.margin, y: y + 12, "font-size": 10.5, fill: INK.soft }),
  );
}

function mark(change: PlannedChange | undefined): string {
  return change === undefined ? "" : `${CHANGES[change.operation].sign} `;
}

/** From a card to each of its networks; a halo lets it pass over the networks between. */
function connectors(card: PlacedCard, { rails }: Layout, colours: ReadonlyMap<string, string>, isPlan: boolean): Svg[] {
  const own = rails.filter(({ name }) => card.networks.includes(name));
  return own.map((rail, index) => {
    const x = card.x + (SIZE.card * (index + 1)) / (own.length + 1);
    const y2 = rail.y < card.y ? card.y : card.y + card.height;
    const stroke = colours.get(rail.name);
    const way = { x1: x, x2: x, y1: rail.y, y2 };
    return element(
      "g",
      { opacity: isPlan ? 0.35 : undefined },
      element("line", { ...way, y1: rail.y + Math.sign(y2 - rail.y) * 6, stroke: INK.ground, "stroke-width": 8 }),
      element("line", { ...way, stroke, "stroke-width": 2 }),
      element("circle", { cx: x, cy: rail.y, r: 4.5, fill: INK.ground, stroke, "stroke-width": 2 }),
    );
  });
}

function drawCard(card: PlacedCard, isPlan: boolean): Svg {
  const { x, y, height, change, service, replicas } = card;
  const accent = change === undefined ? INK.line : CHANGES[change.operation].colour;
  const frame = {
    x,
    y,
    width: SIZE.card,
    height,
    rx: 8,
    fill: INK.card,
    stroke: accent,
    "stroke-width": change ? 2.5 : 1,
  };
  const title = { x: x + 12, y: y + 22, "font-size": 15, "font-weight": 600, fill: change ? accent : INK.text };
  const count = { x: x + SIZE.card - 12, y: y + 22, "font-size": 13, "text-anchor": "end", fill: INK.soft };
  const badge = change === undefined ? (replicas > 1 ? `× ${replicas}` : "") : change.operation;
  return element(
    "g",
    { opacity: isPlan && change === undefined ? 0.4 : undefined },
    element("rect", frame),
    text(mark(change) + service, title, 18),
    text(badge, change ? { ...count, fill: accent, "font-weight": 600 } : count),
    ...card.lines.map((line, index) => drawLine(line, x + 12, y + SIZE.title + 13 + index * SIZE.line, accent)),
  );
}

function drawLine({ kind, text: content }: Line, x: number, y: number, accent: string): Svg {
  const fill = kind === "change" ? accent : kind === "image" || kind === "limits" ? INK.soft : INK.text;
  const label = { x: x + 20, y, "font-size": 12, fill, "font-weight": kind === "change" ? 600 : undefined };
  return element("g", {}, icon(kind, x, y - 9, fill), text(content, label, FIT));
}

/** Ten by ten, in strokes of one width. */
const ICONS: Readonly<Record<Line["kind"], string>> = {
  image: "M0 3 5 0 10 3V8L5 11 0 8ZM0 3 5 6 10 3M5 6V11",
  limits: "M0 9A5 5 0 1 1 10 9M5 9 8 4",
  port: "M5 0V10M1 6 5 10 9 6",
  volume: "M0 2C0 -.5 10 -.5 10 2V9C10 11.5 0 11.5 0 9ZM0 2C0 4.5 10 4.5 10 2",
  "protected volume": "M1 5H9V10H1ZM3 5V3C3 -.5 7 -.5 7 3V5",
  secret: "M3 2A3 3 0 1 0 3 8A3 3 0 1 0 3 2M6 5H11M9 5V8",
  calls: "M0 5H10M6 1 10 5 6 9",
  change: "M2 5H8",
};

function icon(kind: Line["kind"], x: number, y: number, colour: string): Svg {
  const path = { d: ICONS[kind], transform: `translate(${x} ${y})`, fill: "none", stroke: colour, "stroke-width": 1.2 };
  return element("path", { ...path, "stroke-linejoin": "round", "stroke-linecap": "round" });
}
