import type { HostByHand } from "../host.ts";

/** A change behind the stack's back. What a preview says of it is whole, word for word, but that what differs from run to run is #. */
export interface Drift {
  /** As docs/drift.md calls it. */
  readonly name: string;
  readonly make: (host: HostByHand) => Promise<unknown>;
  /** Warnings and changes that the next preview shows. */
  readonly shows: readonly string[];
  /** What people do about it, following what the preview says. @default - nothing, `up` cures it */
  readonly undo?: (host: HostByHand) => Promise<unknown>;
  /** Looks at the host afterwards. @default - a silent preview is enough */
  readonly cured?: (host: HostByHand) => Promise<void>;
}

/** How names on the host begin. */
export const NAME = "onehost-e2e-drift";
export const MIB = 1024 * 1024;
