import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type Docker from "dockerode";
import { execa } from "execa";
import { buildContext } from "../releases.ts";

const IMAGE = "onehost-e2e/vps:latest";

/**
 * Fills a folder with the root file system of the second host. The engine builds it once, then has it in its cache: from
 * the same base image as everything else on this machine, which knows its package mirrors.
 */
export async function makeRootFileSystem(engine: Docker, folder: string): Promise<void> {
  const base = process.env["ONEHOST_IMAGES"] === "offline" ? { BASE: "onehost/base:bookworm" } : {};
  await buildContext(engine, import.meta.dirname, IMAGE, base);
  await mkdir(folder, { recursive: true });
  const container = await engine.createContainer({ Image: IMAGE, Cmd: ["true"] });
  try {
    await execa("tar", ["-x", "-C", folder, "--exclude=dev/*"], { input: (await container.export()) as Readable });
  } finally {
    await container.remove();
  }
  const { address } = await resolver();
  await writeFile(join(folder, "etc/resolv.conf"), `nameserver ${address}\n`);
  await rm(join(folder, ".dockerenv"), { force: true });
}

/** The name server of this machine; a stub on the loopback address names the real one in another file. */
async function resolver(): Promise<{ address: string }> {
  for (const file of ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"]) {
    const text = await readFile(file, "utf8").catch(() => "");
    const address = /^nameserver (?!127\.)(\S+)/m.exec(text)?.[1];
    if (address !== undefined) return { address };
  }
  return { address: "1.1.1.1" };
}
