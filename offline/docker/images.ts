// docker.RemoteImage: an image by its name, taken from the host where it is there already.
import type { Driver } from "../provider/bridged.ts";
import { bool, map, set, string, type Table } from "../provider/table.ts";
import type { Props } from "../provider/values.ts";
import { collect, type Engine } from "./engine.ts";

interface Image {
  readonly Id: string;
  readonly RepoDigests: string[] | null;
}

/** Terraform's record of how long operations may take, kept under a key of its own. */
export const timeouts =
  '"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0":{"create":1200000000000,"delete":1200000000000,"update":1200000000000}';

/** Puts what was tried in front of what went wrong. */
export const explain = (what: string) => (error: unknown) => {
  throw new Error(`${what}: ${(error as Error).message}`, { cause: error });
};

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

async function pull(engine: Engine, name: string, platform: string): Promise<void> {
  const [, repository, tag = "latest"] = /^(.+?)(?:@(sha256:.+)|:([^:/]+))?$/.exec(name)!.filter(Boolean);
  const query = { fromImage: repository!.replace(/:[^:/]+$/, ""), tag, ...(platform && { platform }) };
  await collect(await engine.open("POST", "/images/create", { query }));
}

const table: Table = {
  name: string("R", { required: true }),
  keepLocally: bool("N"),
  forceRemove: bool("N"),
  pullTriggers: set("R"),
  triggers: map("R"),
  platform: string("R"),
  build: set("N", { of: {}, one: true, unsupported: true }),
  imageId: string(),
  repoDigest: string(),
};

export const remoteImage = (engine: () => Engine): Driver => {
  const describe = ({ Id, RepoDigests }: Image, name: string) => ({
    id: Id + name,
    outputs: { imageId: Id, repoDigest: repoDigest(name, RepoDigests ?? []) },
  });
  const find = (planned: Props) =>
    findImage(engine(), planned.name as string, (planned.platform as string | null) ?? "");
  return {
    table,
    meta: `{${timeouts}}`,
    async create(planned) {
      return describe(
        await find(planned).catch(explain("Unable to read Docker image into resource")),
        planned.name as string,
      );
    },
    async read(_, { name }) {
      const image = await inspect(engine(), name as string);
      return image && describe(image, name as string);
    },
    async update(_, __, planned) {
      const { outputs } = describe(await find(planned), planned.name as string);
      return outputs;
    },
    async delete(_, { name, keepLocally, forceRemove }) {
      if (keepLocally || !(await inspect(engine(), name as string))) return;
      const query = { force: forceRemove ?? false };
      await engine()
        .call("DELETE", `/images/${name as string}`, { query })
        .catch(explain("Unable to remove Docker image"));
    },
  };
};

function repoDigest(name: string, digests: string[]): string {
  if (digests.length < 2) return digests[0] ?? "";
  return digests.find((digest) => digest.startsWith(name.split(":")[0]!)) ?? "";
}
