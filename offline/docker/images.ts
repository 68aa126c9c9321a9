// docker.RemoteImage: an image by its name, taken from the host where it is there already.
import { text } from "node:stream/consumers";
import { type Driver, explain, type Found } from "../provider/bridged.ts";
import { bool, map, set, string, type Table } from "../provider/table.ts";
import type { Props } from "../provider/values.ts";
import type { Engine } from "./engine.ts";

interface Image {
  readonly Id: string;
  readonly RepoDigests: string[] | null;
}

/** Terraform's record of how long operations may take, kept under a key of its own. */
export const timeouts =
  '"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0":{"create":1200000000000,"delete":1200000000000,"update":1200000000000}';

const inspect = (engine: Engine, name: string) => engine.find<Image>(`/images/${name}/json`);

/** Looks locally first and pulls only what is missing: a tag that exists is never pulled again. */
export async function findImage(engine: Engine, name: string, platform = ""): Promise<Image> {
  if (name === "") throw new Error("empty image name is not allowed");
  const local = await inspect(engine, name);
  if (local) return local;
  await pull(engine, name, platform).catch(explain(`unable to pull image ${name}: error pulling image ${name}`));
  const pulled = await inspect(engine, name);
  if (pulled) return pulled;
  throw new Error(`unable to find or pull image ${name}`);
}

/** Asks for a digest where the name has one, else for the tag. */
async function pull(engine: Engine, name: string, platform: string): Promise<void> {
  const [named, digest] = name.split("@");
  const [, fromImage, tag = "latest"] = /^(.+?)(?::([^:/]+))?$/.exec(named!)!;
  await text(
    await engine.open("POST", "/images/create", { query: { fromImage: fromImage!, tag: digest ?? tag, platform } }),
  );
}

const table: Table = {
  name: string("R", { required: true }),
  keepLocally: bool("N"),
  forceRemove: bool("N"),
  pullTriggers: set("R"),
  triggers: map("R"),
  platform: string("R"),
  imageId: string(),
  repoDigest: string(),
};

function describe({ Id: imageId, RepoDigests }: Image, name: string): Found {
  const digests = RepoDigests ?? [];
  const ours = digests.length < 2 ? digests[0] : digests.find((digest) => digest.startsWith(name.split(":")[0]!));
  return { id: imageId + name, outputs: { imageId, repoDigest: ours ?? "" } };
}

export const remoteImage = (engine: () => Engine): Driver => ({
  table,
  meta: `{${timeouts}}`,
  async create({ name, platform }) {
    const found = findImage(engine(), name as string, (platform as string | null) ?? "");
    return describe(await found.catch(explain("Unable to read Docker image into resource")), name as string);
  },
  async read(_, { name }) {
    const image = await inspect(engine(), name as string);
    return image && describe(image, name as string);
  },
  async update(_, __, { name }) {
    return describe(await findImage(engine(), name as string), name as string).outputs;
  },
  async delete(_, { name, keepLocally, forceRemove }: Props) {
    if (keepLocally || !(await inspect(engine(), name as string))) return;
    const query = { force: forceRemove ?? false };
    await engine()
      .call("DELETE", `/images/${name as string}`, { query })
      .catch(explain("Unable to remove Docker image"));
  },
});
