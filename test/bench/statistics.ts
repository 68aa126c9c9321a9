/** One run of a command. */
export interface Sample {
  /** Seconds by the clock. */
  readonly wall: number;
  /** Seconds of CPU of the command and all that it started; the Docker Engine's are not among them. */
  readonly cpu: number;
}

/** The runs of each case, round by round: the same index is the same round. */
export type Samples = Readonly<Record<string, readonly Sample[]>>;

/** The middle of some numbers; of an even count, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return ((sorted[Math.floor(half - 0.5)] ?? NaN) + (sorted[Math.floor(half)] ?? NaN)) / 2;
}

/** The median of what a figure of one case is to that of another in the same round. */
export function ratio(samples: Samples, one: string, other: string, figure: keyof Sample): number {
  return median(paired(samples, one, other).map(([a, b]) => a[figure] / b[figure]));
}

/** The median of what a figure of one case is above that of another in the same round. */
export function difference(samples: Samples, one: string, other: string, figure: keyof Sample): number {
  return median(paired(samples, one, other).map(([a, b]) => a[figure] - b[figure]));
}

function paired(samples: Samples, one: string, other: string): [Sample, Sample][] {
  const others = samples[other] ?? [];
  return (samples[one] ?? [])
    .flatMap((sample, round) => (others[round] ? [[sample, others[round]] as const] : []))
    .map(([a, b]) => [a, b]);
}

/** How much y grows with x, by least squares. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (of: 0 | 1): number => points.reduce((sum, point) => sum + point[of], 0) / points.length;
  const [x0, y0] = [mean(0), mean(1)];
  const above = points.reduce((sum, [x, y]) => sum + (x - x0) * (y - y0), 0);
  return above / points.reduce((sum, [x]) => sum + (x - x0) ** 2, 0);
}
