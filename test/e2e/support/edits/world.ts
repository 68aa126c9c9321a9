import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { execa } from "execa";
import * as tar from "tar-stream";
import { LOCAL_SOCKET } from "../../../../components/engine/connect.ts";
import { IMAGES, type ImageSet } from "../../../../components/lib/images.ts";
import { buildFrontend, buildReleases, FRONTEND, imageOf } from "../releases.ts";
import { freePort, root } from "../stack.ts";
import type { World } from "./edit.ts";
import { EditedStack } from "./edited-stack.ts";

const LABELLED = (folder: string): string => `ARG MARK=first\nLABEL folder=${folder} mark=\${MARK}\n`;

/** Notes the base image that its build was told, as those of the application take theirs. */
const bot = (folder: string, platform: string): string =>
  `FROM ${rootImage(platform)}\nARG PYTHON_IMAGE=none\nLABEL base=\${PYTHON_IMAGE}\n${LABELLED(folder)}CMD ["sleep", "1000000"]\n`;

/** The same files under the name of either platform: an image says what it is for, and nobody looks. */
const rootImage = (platform: string): string => `onehost-e2e/root:${platform.replace("/", "-")}`;

/** Two folders each for what is built: the second differs in its label, and the second frontend in its port. */
async function dockerfiles({ here, other }: World["platform"]): Promise<Record<string, Record<string, string>>> {
  const nginx = await readFile(join(root, "examples/sample-app/frontend/nginx.conf"), "utf8");
  const frontend = { "nginx.conf": nginx.replace("listen 8080", "listen 8088") };
  const copied = "COPY nginx.conf /etc/nginx/nginx.conf\n";
  return {
    app: { Dockerfile: `FROM ${imageOf("first")}\n${LABELLED("app")}` },
    "other-app": { Dockerfile: `FROM ${imageOf("first")}\n${LABELLED("other-app")}` },
    frontend: { Dockerfile: `FROM ${FRONTEND}\n${LABELLED("frontend")}` },
    "other-frontend": { Dockerfile: `FROM ${FRONTEND}\n${copied}${LABELLED("other-frontend")}`, ...frontend },
    bot: { Dockerfile: bot("bot", here) },
    "other-bot": { Dockerfile: bot("other-bot", here) },
    "bot-for-another-platform": { Dockerfile: bot("bot-for-another-platform", other) },
  };
}

/** What a bot needs to run: a shell, four tools and their libraries, from the application's image. */
const ROOT = 'cd / && for tool in sh cat sleep true; do which $tool; ldd $(which $tool) | grep -o "/[^ ]*"; done';

/** Makes everything that the edits refer to. */
export async function makeWorld(name: string): Promise<World> {
  const stack = new EditedStack(name);
  const contexts = await mkdtemp(join(tmpdir(), "onehost-edits-"));
  stack.folder = contexts;
  await buildReleases(stack.engine);
  await buildFrontend(stack.engine);
  const here: ImageSet = process.env["ONEHOST_IMAGES"] === "offline" ? "offline" : "official";
  const facts = machine(here);
  await makeRoots(stack, facts.platform);
  await writeContexts(contexts, facts.platform);
  await relabel(stack, here, facts.platform.here, contexts);
  const otherHost = join(contexts, "docker.sock");
  await symlink(new URL(process.env["DOCKER_HOST"] ?? LOCAL_SOCKET).pathname, otherHost);
  return { stack, contexts, otherHost: `unix://${otherHost}`, ...facts, port: await freePorts() };
}

async function freePorts(): Promise<World["port"]> {
  const ports = { http: 0, https: 0, otherHttp: 0, otherHttps: 0, postgres: 0, redis: 0 };
  for (const name of Object.keys(ports) as (keyof typeof ports)[]) ports[name] = await freePort();
  return ports;
}

/** What the tables hold to where no machine is asked: for tests of the tables themselves. */
export function machine(here: ImageSet): Pick<World, "images" | "platform" | "uid"> {
  const [mine, other] = process.arch === "arm64" ? ["arm64", "amd64"] : ["amd64", "arm64"];
  const uid = (service: "postgres" | "redis"): string => IMAGES[here][service].user.split(":")[0] as string;
  return {
    images: { here, other: here === "offline" ? "official" : "offline" },
    platform: { here: `linux/${mine}`, other: `linux/${other}` },
    uid: { postgres: uid("postgres"), redis: uid("redis") },
  };
}

async function writeContexts(contexts: string, platform: World["platform"]): Promise<void> {
  for (const [folder, files] of Object.entries(await dockerfiles(platform))) {
    await mkdir(join(contexts, folder));
    for (const [file, content] of Object.entries(files)) await writeFile(join(contexts, folder, file), content);
  }
}

/** Makes the images that bots are built from: one file system, said to be for this platform and for another. */
async function makeRoots({ engine }: EditedStack, { here, other }: World["platform"]): Promise<void> {
  const packed = new PassThrough();
  const command = ["sh", "-c", `${ROOT} | sort -u | tar -chf - -T - 2>/dev/null`];
  const options = { Tty: false, User: "0:0", Entrypoint: [], HostConfig: { AutoRemove: true } };
  const [archive] = await Promise.all([
    buffer(packed),
    engine.run(imageOf("first"), command, [packed, process.stderr] as never, options).then(() => packed.end()),
  ]);
  for (const platform of [here, other]) await text(await engine.loadImage(saved(archive, platform) as never));
}

/** One layer as `docker save` would have written it. An import could not say what platform it is for. */
function saved(layer: Buffer, platform: string): tar.Pack {
  const [os, architecture] = platform.split("/");
  const digest = createHash("sha256").update(layer).digest("hex");
  const config = { os, architecture, config: {}, rootfs: { type: "layers", diff_ids: [`sha256:${digest}`] } };
  const manifest = [{ Config: "config.json", RepoTags: [rootImage(platform)], Layers: ["layer.tar"] }];
  const pack = tar.pack();
  pack.entry({ name: "config.json" }, JSON.stringify(config));
  pack.entry({ name: "layer.tar" }, layer);
  pack.entry({ name: "manifest.json" }, JSON.stringify(manifest));
  pack.finalize();
  return pack;
}

/** The ready-made images under other names and with a label more, so that they are not the same images. */
async function relabel({ engine }: EditedStack, set: ImageSet, platform: string, contexts: string): Promise<void> {
  const names = { postgres: "postgres:15", redis: "redis:edited", caddy: "caddy:edited" };
  for (const [service, name] of Object.entries(names)) {
    const { ref } = IMAGES[set][service as keyof typeof names];
    await build(engine, `FROM ${ref}\nLABEL edited=yes\n`, `onehost-e2e/${name}`, contexts);
  }
  await build(engine, bot("edited", platform), "onehost-e2e/bot:edited", contexts);
}

async function build(engine: EditedStack["engine"], dockerfile: string, tag: string, folder: string): Promise<void> {
  await writeFile(join(folder, "Dockerfile.edited"), dockerfile);
  const archive = execa("tar", ["-c", "-C", folder, "Dockerfile.edited"], { encoding: "buffer", buffer: false });
  const stream = await engine.buildImage(archive.stdout, { t: tag, dockerfile: "Dockerfile.edited" });
  await new Promise<void>((resolve, reject) => {
    engine.modem.followProgress(stream, (error: Error | null, events: { error?: string }[]) => {
      const failure = error?.message ?? events.find((event) => event.error !== undefined)?.error;
      if (failure === undefined) resolve();
      else reject(new Error(`building ${tag}: ${failure}`));
    });
  });
  await rm(join(folder, "Dockerfile.edited"));
}

/** Removes what the edits made beside the stack. */
export async function removeWorld({ stack, contexts }: World): Promise<void> {
  await stack.dispose();
  await rm(contexts, { recursive: true });
}
