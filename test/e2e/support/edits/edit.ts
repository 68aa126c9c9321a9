import type { EditedStack } from "./edited-stack.ts";

/** Values of settings by their dotted keys: `{ "backend.port": 9000 }`. */
export type Values = Readonly<Record<string, unknown>>;

/** What the edits of a run refer to: all of it differs from machine to machine. */
export interface World {
  readonly stack: EditedStack;
  /** The set of ready-made images that this machine has, and the other one. */
  readonly images: { readonly here: string; readonly other: string };
  /** The platform of the host, and another one. */
  readonly platform: { readonly here: string; readonly other: string };
  /** Users of the ready-made images, without their group. */
  readonly uid: { readonly postgres: string; readonly redis: string };
  /** The socket of the engine under another name. */
  readonly otherHost: string;
  /** Folder with the folders that images are built from. */
  readonly contexts: string;
  /** Free ports of the host. */
  readonly port: Readonly<Record<"http" | "https" | "otherHttp" | "otherHttps" | "postgres" | "redis", number>>;
}

/** One setting, changed. */
export interface Edit {
  readonly to: unknown;
  /** Other settings without which this one is refused; a preview has them too. @default - none */
  readonly with?: Values;
  /** Other settings without which the stack would not come up, when the edit is applied. @default - none */
  readonly applied?: Values;
  /** Services that it still replaces when it is applied, where earlier edits took others out of its reach. @default - those of its preview */
  readonly reaches?: readonly string[];
  /** Whole text of the fault by which a preview refuses it. Then it is never applied. */
  readonly refused?: string;
  /** What `read` finds once it is applied. */
  readonly shows: unknown;
  /** Reads the value back, from the host, once it is applied; or, when it is refused, as it stands. */
  readonly read: (world: World) => Promise<unknown>;
  /**
   * When it is applied: settings that say the same thing twice cannot change in one `up`. Whatever replaces no
   * container comes before all others, in batch 0. @default 1
   */
  readonly batch?: 2 | 3;
}

/** Edits by the settings that they change. */
export type Edits = Readonly<Record<string, Edit>>;
