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
