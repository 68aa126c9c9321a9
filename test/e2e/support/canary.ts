import { execa } from "execa";
import type Docker from "dockerode";
import { lastLogLines } from "../../../components/engine/exec.ts";

/** Everything about the containers that somebody without their secrets can read, by where it is read. */
export async function readableTexts(
  engine: Docker,
  containers: readonly Docker.Container[],
): Promise<Record<string, string>> {
  const texts: Record<string, string> = { "docker version": JSON.stringify(await engine.version()) };
  for (const container of containers) {
    const found = await container.inspect();
    const image = engine.getImage(found.Image);
    texts[`inspect of ${found.Name}`] = JSON.stringify(found);
    texts[`processes of ${found.Name}`] = JSON.stringify(await container.top());
    texts[`log of ${found.Name}`] = await lastLogLines(container, 10_000);
    texts[`image of ${found.Name}`] = JSON.stringify([await image.inspect(), await image.history()]);
  }
  texts["volumes"] = JSON.stringify(await engine.listVolumes());
  texts["networks"] = JSON.stringify(await engine.listNetworks());
  texts["arguments of all processes"] = (await execa("ps", ["-eo", "args"])).stdout;
  return texts;
}

/** Where any of the secrets stands. */
export function leaks(texts: Readonly<Record<string, string>>, secrets: readonly string[]): string[] {
  return Object.entries(texts)
    .filter(([, text]) => secrets.some((secret) => text.includes(secret)))
    .map(([place]) => place);
}

/** Images in whose layers any of the secrets stands, looked for in the bytes that `docker save` would write. */
export async function leakingLayers(
  engine: Docker,
  images: readonly string[],
  secrets: readonly string[],
): Promise<string[]> {
  const leaking: string[] = [];
  for (const image of images) if (await streamHas(await engine.getImage(image).get(), secrets)) leaking.push(image);
  return leaking;
}

async function streamHas(stream: NodeJS.ReadableStream, secrets: readonly string[]): Promise<boolean> {
  const longest = Math.max(...secrets.map((secret) => secret.length));
  let found = false;
  let end = Buffer.alloc(0);
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    // A secret may lie across two chunks.
    const window = Buffer.concat([end, chunk]);
    found ||= secrets.some((secret) => window.includes(secret));
    end = window.subarray(-longest);
  }
  return found;
}
