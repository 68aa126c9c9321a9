import { join } from "node:path";
import type Docker from "dockerode";
import { isStatus } from "../../components/engine/command.ts";
import { execa } from "execa";
import { BASE_IMAGES, type ImageSet } from "../../components/lib/images.ts";
import { buildImage, registryImage, staleImages } from "../../offline/images/catalogue.ts";
import { followed } from "../../offline/images/progress.ts";
import { isAnswering } from "./answers.ts";
import { root } from "./folders.ts";
import { freePort } from "./free-port.ts";
import type { Stage } from "./rehearsal.ts";

/** Container and volume of the registry that rehearsals use, one for all of a machine. */
const NAME = "onehost-registry";
const PORT = "5000/tcp";

/** Brings up a registry on the loopback address, whose images the engine pulls without TLS. @returns its address. */
export async function startRegistry(docker: Docker, set: ImageSet): Promise<string> {
  const container = (await present(docker)) ?? (await create(docker, set));
  await container.start().catch((error: Error) => {
    // It runs already.
    if (!isStatus(error, 304)) throw error;
  });
  const { HostConfig } = await container.inspect();
  const [binding] = (HostConfig.PortBindings as Record<string, { HostPort: string }[]>)[PORT] ?? [];
  const address = `127.0.0.1:${binding?.HostPort}`;
  await untilAnswering(`http://${address}/v2/`);
  return address;
}

/** Removes it with all that it holds; what was pulled from it stays on the engine. */
export async function removeRegistry(docker: Docker): Promise<void> {
  await (await present(docker))?.remove({ force: true, v: true });
}

async function present(docker: Docker): Promise<Docker.Container | undefined> {
  const found = await docker.listContainers({ all: true, filters: { name: [`^/${NAME}$`] } });
  return found[0] && docker.getContainer(found[0].Id);
}

async function create(docker: Docker, set: ImageSet): Promise<Docker.Container> {
  const HostPort = String(await freePort(5000));
  return docker.createContainer({
    name: NAME,
    Image: set === "offline" ? await makeImage(docker) : await pullImage(docker),
    HostConfig: {
      PortBindings: { [PORT]: [{ HostIp: "127.0.0.1", HostPort }] },
      RestartPolicy: { Name: "unless-stopped" },
    },
  });
}

async function makeImage(docker: Docker): Promise<string> {
  for (const image of await staleImages(docker, [registryImage])) await buildImage(docker, image);
  return registryImage.tag;
}

async function pullImage(docker: Docker): Promise<string> {
  const ref = "registry:2";
  await followed(docker, ref, await docker.pull(ref));
  return ref;
}

async function untilAnswering(url: string): Promise<void> {
  for (let waited = 0; waited < 30; waited += 0.25) {
    if (await isAnswering(url)) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`the local registry did not start within 30 s; see: docker logs ${NAME}`);
}

/** Builds an image and pushes it. @returns its reference by digest. */
export async function publish(docker: Docker, registry: string, stage: Stage, set: ImageSet): Promise<string> {
  const repo = `${registry}/${stage.repository}`;
  // dockerode's own packing leaves out a Dockerfile that .dockerignore names; the engine itself minds both.
  const context = ["-c", "--exclude=node_modules", "-C", join(root, stage.folder), "."];
  const archive = execa("tar", context, { encoding: "buffer", buffer: false });
  const built = await docker.buildImage(archive.stdout, { t: repo, buildargs: { ...BASE_IMAGES[set] }, forcerm: true });
  await Promise.all([archive, followed(docker, stage.folder, built)]);
  await followed(docker, repo, await docker.getImage(`${repo}:latest`).push({ tag: "latest", authconfig: {} }));
  const { RepoDigests } = await docker.getImage(`${repo}:latest`).inspect();
  const digest = RepoDigests.find((ref) => ref.startsWith(`${repo}@`));
  if (digest === undefined) throw new Error(`image ${repo}: the registry gave it no digest; run this again`);
  return digest;
}
