import { spawnSync } from "node:child_process";
import { createWriteStream, existsSync, statSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { cacheFolder, cliVersion, root } from "./folders.ts";
import { recall, remember } from "./memo.ts";
import { type Candidate, type Found, firstFound, mayDownload, onPath, type Piece, rememberRefusal } from "./piece.ts";
import { needRoom } from "./room.ts";
import { run } from "./run.ts";

const version = cliVersion();

/** The Pulumi CLI: the user's own, else the official release, else built from its Go module. */
export async function resolveCli(note: (text: string) => void): Promise<Piece> {
  const release = join(cacheFolder(), "pulumi", version, "release");
  const built = join(cacheFolder(), "pulumi", version, "built");
  const candidates: Candidate[] = [
    { source: "PATH", find: () => ownCli(onPath("pulumi")) },
    { source: "official release", find: () => cached(release) },
    { source: "official release", find: () => download(release, note) },
    { source: "built from its Go module", find: () => cached(built) },
    { source: "built from its Go module", find: () => build(built, note) },
  ];
  return firstFound("pulumi", candidates, "install Pulumi, or Go for building it here");
}

function cached(folder: string): Found | undefined {
  const file = join(folder, "pulumi");
  return existsSync(file) ? { file, version } : undefined;
}

/** Asking a CLI for its version takes longer than all the rest, so the answer is kept for as long as the file is. */
function ownCli(file: string | undefined): Found | undefined {
  if (file === undefined) return undefined;
  const key = `version ${file} ${statSync(file).mtimeMs}`;
  const known = recall(key) ?? spawnSync(file, ["version"], { encoding: "utf8" }).stdout.trim().replace(/^v/, "");
  remember(key, known, 24 * 30);
  return { file, version: known };
}

/** Fills `folder` by `fill`, so that it is there whole or not at all. */
async function whole(folder: string, fill: (unfinished: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  await removeUnfinished(folder);
  const unfinished = await mkdtemp(`${folder}.`);
  try {
    await fill(unfinished);
    await rm(folder, { recursive: true, force: true });
    await rename(unfinished, folder);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** What a run that was killed has left beside it. */
async function removeUnfinished(folder: string): Promise<void> {
  const siblings = await readdir(dirname(folder));
  const unfinished = siblings.filter((name) => name.startsWith(`${basename(folder)}.`));
  for (const name of unfinished) await rm(join(dirname(folder), name), { recursive: true, force: true });
}

async function download(folder: string, note: (text: string) => void): Promise<Found | undefined> {
  if (!mayDownload("cli")) return undefined;
  await needRoom(cacheFolder());
  note("downloading the official release");
  try {
    await whole(folder, unpackRelease);
  } catch (error) {
    rememberRefusal("cli", error);
  }
  return cached(folder);
}

async function unpackRelease(folder: string): Promise<void> {
  const platform = `${process.platform}-${process.arch}`;
  const url = `https://get.pulumi.com/releases/sdk/pulumi-v${version}-${platform}.tar.gz`;
  const response = await fetch(url, { signal: AbortSignal.timeout(300_000) });
  if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}`);
  const archive = join(folder, "release.tar.gz");
  await pipeline(Readable.fromWeb(response.body as never), createWriteStream(archive));
  await run("tar", ["-xzf", archive, "-C", folder, "--strip-components=1"]);
  await rm(archive);
}

async function build(folder: string, note: (text: string) => void): Promise<Found | undefined> {
  if (onPath("go") === undefined) return undefined;
  await needRoom(cacheFolder(), homedir());
  note("building from its Go module, about 3 minutes the first time");
  // The release's own build names the version in the same way; without it the CLI prints none.
  const flags = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`;
  await whole(folder, async (unfinished) => {
    const output = join(unfinished, "pulumi");
    const args = [
      "build",
      "-buildvcs=false",
      "-ldflags",
      flags,
      "-o",
      output,
      "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    ];
    await run("go", args, { cwd: join(root, "offline/cli"), env: { CGO_ENABLED: "0" } });
  });
  return cached(folder);
}
