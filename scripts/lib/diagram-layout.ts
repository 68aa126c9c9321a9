import type { Picture, ServiceCard } from "./picture.ts";
import type { Plan, PlannedChange } from "./planned.ts";

/** A line of a card. */
export interface Line {
  readonly kind: "image" | "limits" | "port" | "volume" | "protected volume" | "secret" | "calls" | "change";
  readonly text: string;
}

export interface PlacedCard extends Omit<ServiceCard, "volumes"> {
  readonly x: number;
  readonly y: number;
  readonly height: number;
  readonly lines: readonly Line[];
  readonly change: PlannedChange | undefined;
}

export interface Rail {
  readonly name: string;
  readonly internal: boolean;
  readonly y: number;
  readonly change: PlannedChange | undefined;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly cards: readonly PlacedCard[];
  readonly rails: readonly Rail[];
}

export const SIZE = {
  margin: 20,
  /** For the names of the networks, left of everything. */
  gutter: 104,
  header: 64,
  card: 176,
  gap: 18,
  title: 34,
  line: 19,
  rail: 34,
  footer: 30,
} as const;

const TIERS = 3;

/** Places a stack: services in three rows, what publishes on top and what is only called below, networks between. */
export function layoutOf(picture: Picture, plan?: Plan): Layout {
  const rows = rowsOf(withGone(picture.services, plan));
  const gaps = gapsOf(picture, rows);
  const widest = Math.max(...rows.map(rowWidth));
  const cards: PlacedCard[] = [];
  const rails: Rail[] = [];
  let y: number = SIZE.header;
  rows.forEach((row, tier) => {
    for (const network of gaps[tier] ?? [])
      rails.push({ ...network, y: (y += SIZE.rail) - SIZE.rail / 2, change: plan?.networks[network.name] });
    const lines = row.map((card) => linesOf(card, plan));
    const height = SIZE.title + SIZE.line * Math.max(0, ...lines.map(({ length }) => length)) + 10;
    y += SIZE.gap;
    const left = SIZE.margin + SIZE.gutter + (widest - rowWidth(row)) / 2;
    row.forEach((card, index) => {
      const x = left + index * (SIZE.card + SIZE.gap);
      cards.push({ ...card, x, y, height, lines: lines[index] ?? [], change: plan?.services[card.service] });
    });
    y += row.length === 0 ? 0 : height + SIZE.gap;
  });
  return { width: widest + SIZE.gutter + 2 * SIZE.margin, height: y + SIZE.footer + SIZE.margin, cards, rails };
}

function rowWidth(row: readonly unknown[]): number {
  return row.length * SIZE.card + Math.max(0, row.length - 1) * SIZE.gap;
}

/** A service that the next `up` removes is in the plan alone. */
function withGone(services: readonly ServiceCard[], plan: Plan | undefined): ServiceCard[] {
  const known = new Set(services.map(({ service }) => service));
  const gone = Object.keys(plan?.services ?? {}).filter((service) => !known.has(service));
  const nothing = { image: "", limits: "", ports: [], networks: [], volumes: [], secrets: [], calls: [] };
  return [...services, ...gone.map((service) => ({ ...nothing, service, replicas: 1 }))];
}

/** What is reached from outside; what works; and what is only called, away from what is reached from outside. */
function rowsOf(services: readonly ServiceCard[]): ServiceCard[][] {
  const isFront = ({ ports, calls }: ServiceCard): boolean => ports.length > 0 && calls.length > 0;
  const front = services.filter(isFront);
  const reached = new Set(front.flatMap(({ networks }) => networks));
  const isBack = (card: ServiceCard): boolean =>
    card.networks.length > 0 && card.calls.length === 0 && !card.networks.some((network) => reached.has(network));
  const back = services.filter(isBack);
  const middle = services.filter((card) => !front.includes(card) && !back.includes(card));
  return [front, middle, back];
}

type Network = Picture["networks"][number];

/** Above which row each network runs: between those that it connects, else above its only row's, where it leads outside. */
function gapsOf({ networks }: Picture, rows: readonly (readonly ServiceCard[])[]): Network[][] {
  const gaps: Network[][] = Array.from({ length: TIERS }, () => []);
  for (const network of networks) {
    const on = rows.flatMap((row, tier) => (row.some((card) => card.networks.includes(network.name)) ? [tier] : []));
    const lowest = Math.max(0, ...on);
    gaps[lowest]?.push(network);
  }
  return gaps;
}

function linesOf(card: ServiceCard, plan: Plan | undefined): Line[] {
  const change = plan?.services[card.service]?.properties ?? [];
  const lines: (Line | false)[] = [
    ...change.map((property) => ({ kind: "change" as const, text: property })),
    card.image !== "" && { kind: "image", text: card.image },
    card.limits !== "" && { kind: "limits", text: card.limits },
    ...card.ports.map((port) => ({ kind: "port" as const, text: port })),
    card.calls.length > 0 && { kind: "calls", text: card.calls.join(", ") },
    ...card.volumes.map(
      ({ name, protect }) => ({ kind: protect ? "protected volume" : "volume", text: name }) as const,
    ),
    ...card.secrets.map((secret) => ({ kind: "secret" as const, text: secret })),
  ];
  return lines.filter((line) => line !== false);
}
