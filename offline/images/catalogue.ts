import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Docker from "dockerode";
import { buildBase, caBundle } from "./base.ts";
import { followed } from "./progress.ts";

const here = import.meta.dirname;
const label = "onehost.content";

export interface Image {
  readonly tag: string;
  /** Folder with the Dockerfile; the base image has none. */
  readonly folder?: string;
  /** Build argument → tag of the image it stands for. */
  readonly parents: Readonly<Record<string, string>>;
}

const base = { tag: "onehost/base:bookworm", parents: {} };
const python = { tag: "onehost/python:3.11", folder: "python", parents: { BASE: base.tag } };

/** Parents before children. */
export const images: readonly Image[] = [
  base,
  python,
  { tag: "onehost/postgres:15", folder: "postgres", parents: { BASE: base.tag } },
  { tag: "onehost/redis:7", folder: "redis", parents: { BASE: base.tag } },
  { tag: "onehost/nginx:1", folder: "nginx", parents: { BASE: base.tag } },
  { tag: "onehost/caddy:2", folder: "caddy", parents: { BASE: base.tag, PYTHON: python.tag } },
  { tag: "onehost/node:20", folder: "node", parents: { BASE: base.tag, PYTHON: python.tag } },
];

/** Made for rehearsals alone. */
export const registryImage: Image = { tag: "onehost/registry:2", folder: "registry", parents: { BASE: base.tag } };

const all = [...images, registryImage];

/** What an image is made of: its recipe, and for the base the certificates of this machine. */
function sources(image: Image): string[] {
  if (image.folder === undefined) return [join(here, "base.ts"), caBundle()];
  const folder = join(here, image.folder);
  return readdirSync(folder)
    .sort()
    .map((file) => join(folder, file));
}

/** Tag → hash of all that went into the image, its parents included. */
export function contentHashes(list: readonly Image[] = all): Map<string, string> {
  const hashes = new Map<string, string>();
  for (const image of list) {
    const hash = createHash("sha256");
    for (const parent of Object.values(image.parents)) hash.update(hashes.get(parent) ?? parent);
    for (const file of sources(image)) hash.update(readFileSync(file));
    hashes.set(image.tag, hash.digest("hex").slice(0, 16));
  }
  return hashes;
}

/** The images that are absent or were made from something else. */
export async function staleImages(docker: Docker, list: readonly Image[] = images): Promise<Image[]> {
  const present = await docker.listImages({ filters: { label: [label] } });
  const found = new Map(present.flatMap((info) => (info.RepoTags ?? []).map((tag) => [tag, info.Labels[label]])));
  const wanted = contentHashes();
  return list.filter((image) => found.get(image.tag) !== wanted.get(image.tag));
}

/** Makes one image; its parents have to be there. */
export async function buildImage(docker: Docker, image: Image): Promise<void> {
  const hash = contentHashes().get(image.tag) ?? "";
  if (image.folder === undefined) return buildBase(docker, image.tag, `${label}=${hash}`);
  const folder = join(here, image.folder);
  const context = { context: folder, src: readdirSync(folder) };
  const options = { t: image.tag, buildargs: { ...image.parents }, labels: { [label]: hash }, forcerm: true };
  await followed(docker, image.tag, await docker.buildImage(context, options));
}
