import { existsSync } from "node:fs";
import type Docker from "dockerode";
import type { ImageSet } from "../../components/lib/images.ts";
import { connect } from "../../components/engine/connect.ts";
import { canInstallEngine, hasApt } from "../../offline/engine.ts";
import { buildImage, staleImages } from "../../offline/images/catalogue.ts";
import { type Engine, engineEnv, ensureEngine, findEngine, localSocket, noEngine } from "./engine.ts";
import { imageSetOf } from "./image-set.ts";
import { noDockerFault } from "./obstacles.ts";
import { EXIT, Refusal } from "./outcome.ts";
import { needRoom } from "./room.ts";
import { runSteps, type Step } from "./steps.ts";
import { stackSetting } from "./stack-file.ts";
import { table } from "./table.ts";
import { resolveToolchain, type Toolchain } from "./toolchain.ts";

export interface SetUp {
  readonly docker: Docker;
  /** Address of the Docker Engine. */
  readonly endpoint: string;
  readonly env: Record<string, string>;
  /** Undefined where no images were asked for. */
  readonly images: ImageSet | undefined;
}

interface Progress {
  toolchain?: Toolchain;
  engine?: Engine;
  docker?: Docker;
  version?: string;
  images?: ImageSet;
}

export interface SetUpOptions {
  /** The stack whose settings choose the Docker host and the set of images. */
  readonly stack?: string;
  /** Without images a stack can be taken down, not brought up. */
  readonly images?: boolean;
}

/** Gets a machine ready to run a stack: toolchain, Docker Engine, images. Prints what came from where. */
export async function setUp({ stack, images: wanted = true }: SetUpOptions = {}): Promise<SetUp> {
  await needEngine(stack);
  const done: Progress = {};
  const host = [engineStep(done, stack), ...(wanted ? [imagesStep(done, stack)] : [])];
  await runSteps({ Toolchain: [toolchainStep(done)], Docker: host });
  const { toolchain, engine, docker, images } = done as Required<Progress>;
  console.log(`\n${table(["piece", "version", "from"], pieceRows(done as Required<Progress>)).join("\n")}\n`);
  const imagesEnv = images === "offline" ? { ONEHOST_IMAGES: images } : {};
  return { docker, images, endpoint: engine.endpoint, env: { ...toolchain.env, ...engineEnv(engine), ...imagesEnv } };
}

/** Before anything is made: a toolchain is of no use where there is no engine and none can be had. */
async function needEngine(stack: string | undefined): Promise<void> {
  if ((await findEngine(stack)) !== undefined) return;
  if (existsSync(localSocket.slice("unix://".length))) {
    if (!canInstallEngine()) throw await noEngine();
  } else if (canInstallEngine()) await needRoom("/var/lib/docker");
  else throw new Refusal(EXIT.hostSilent, noDockerFault({ isRoot: process.getuid?.() === 0, hasApt: hasApt() }));
}

function toolchainStep(done: Progress): Step {
  return {
    title: "Pulumi and its plugins",
    run: async (note) => {
      done.toolchain = await resolveToolchain(note);
    },
  };
}

function engineStep(done: Progress, stack: string | undefined): Step {
  return {
    title: "Docker Engine",
    run: async (note) => {
      done.engine = await ensureEngine(stack, note);
      done.docker = connect(done.engine.endpoint);
      done.version = (await done.docker.version()).Version;
      return done.engine.endpoint;
    },
  };
}

function imagesStep(done: Progress, stack: string | undefined): Step {
  return {
    title: "Images",
    run: async (note) => {
      const { docker, engine } = done as Required<Progress>;
      done.images = await imageSetOf(docker, engine.endpoint, stack && stackSetting(stack, "images"));
      if (done.images === "official") return "official, pulled by the stack";
      const stale = await staleImages(docker);
      if (stale.length > 0) await needRoomForImages(docker, engine);
      for (const image of stale) {
        note(`making ${image.tag}`);
        await buildImage(docker, image);
      }
      return stale.length === 0 ? "all present" : `${stale.length} made`;
    },
  };
}

/** Of another machine's file systems nothing is known here. */
async function needRoomForImages(docker: Docker, { endpoint }: Engine): Promise<void> {
  const { DockerRootDir } = (await docker.info()) as { DockerRootDir: string };
  if (endpoint === localSocket && existsSync(DockerRootDir)) await needRoom(DockerRootDir);
}

function pieceRows({ toolchain, engine, version, images }: Required<Progress>): string[][] {
  const imagesFrom =
    images === "official" ? "official registry" : "made here from distribution packages (offline/images)";
  return [
    ...toolchain.pieces.map((piece) => [piece.name, piece.version, `${piece.source} (${piece.file})`]),
    ["Docker Engine", version, `${engine.source} (${engine.endpoint})`],
    ...(images === undefined ? [] : [["images", "", imagesFrom]]),
  ];
}
