type Groups = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** How much a new stack's services may use, by the host that it is meant for. */
interface Preset {
  /** What it is meant for, as the stack file says it. */
  readonly meaning: string;
  /** Settings by group, where they differ from the defaults. Of a group that the stack has not, nothing is taken. */
  readonly groups: Groups;
}

/**
 * The hosts have 2, 4 and 8 GB of memory as providers count them, less than that many GiB. Medium and large leave room for
 * the old and new containers of a release at once; on 2 GB that is not to be had with a database worth its name.
 */
export const SIZES = {
  small: { meaning: "one of each, in the default sizes, which a host with 2 GB of memory has room for", groups: {} },
  medium: {
    meaning: "limits that fit a host with 4 GB of memory, during a release too",
    groups: { backend: { replicas: 2 }, worker: { memory: "512MiB" }, postgres: { memory: "1GiB" } },
  },
  large: {
    meaning: "limits that fit a host with 8 GB of memory and 2 CPUs, during a release too",
    groups: {
      backend: { replicas: 2, memory: "512MiB" },
      frontend: { replicas: 2 },
      worker: { concurrency: 4, memory: "1GiB", cpus: "2.0" },
      postgres: { memory: "2GiB", cpus: "2.0" },
      redis: { memory: "256MiB" },
    },
  },
} as const satisfies Record<string, Preset>;

export type SizeName = keyof typeof SIZES;

export const SIZE_NAMES = Object.keys(SIZES) as SizeName[];

/** What a size says of a group of settings. */
export function sizeOf(size: SizeName, group: string): Readonly<Record<string, unknown>> {
  return (SIZES[size].groups as Groups)[group] ?? {};
}
