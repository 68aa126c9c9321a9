import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { chosenBackend } from "./backend.ts";
import { resolveCli } from "./cli.ts";
import { stateFolder } from "./folders.ts";
import type { Piece } from "./piece.ts";
import { resolvePlugins } from "./plugins.ts";

export interface Toolchain {
  readonly pieces: readonly Piece[];
  /** Variables to add to a process that calls `pulumi`. */
  readonly env: Record<string, string>;
}

/** Finds the Pulumi CLI and its plugins, getting what is missing: official pieces wherever they can be had. */
export async function resolveToolchain(note: (text: string) => void = () => undefined): Promise<Toolchain> {
  const cli = await resolveCli(note);
  const pieces = [cli, ...(await resolvePlugins(cli, note))];
  return { pieces, env: { PULUMI_SKIP_UPDATE_CHECK: "1", ...searchPath(pieces), ...backend(), ...passphrase() } };
}

/**
 * The PATH that makes the CLI take exactly these pieces. It prefers plugins on PATH to installed ones, so installed ones
 * have to be on PATH themselves as soon as one stand-in is; stand-ins come last.
 */
export function searchPath(pieces: readonly Piece[], path = process.env.PATH ?? ""): { PATH: string } {
  const standIns = pieces.filter(({ source }) => source === "offline stand-in");
  const others = pieces.filter(({ source }) => source !== "offline stand-in");
  const needed = standIns.length > 0 ? [...others, ...standIns] : others.slice(0, 1);
  const folders = path.split(delimiter).filter(Boolean);
  return { PATH: [...new Set([...folders, ...needed.map(({ file }) => dirname(file))])].join(delimiter) };
}

/** Whoever has chosen a backend, by the environment or by `pulumi login`, keeps it. */
function backend(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  if (chosenBackend(env) !== undefined) return {};
  const folder = join(stateFolder(env), "pulumi");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return { PULUMI_BACKEND_URL: `file://${folder}` };
}

/** The passphrase of local stacks: made once, kept beside their state. */
function passphrase(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  if (env.PULUMI_CONFIG_PASSPHRASE !== undefined || env.PULUMI_CONFIG_PASSPHRASE_FILE) return {};
  const file = join(stateFolder(env), "passphrase");
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, randomBytes(32).toString("base64url"), { mode: 0o600, flag: "wx" });
  }
  return { PULUMI_CONFIG_PASSPHRASE_FILE: file };
}
