import { execa } from "execa";
import { mkdtemp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type Docker from "dockerode";
import { aptFault } from "../../scripts/lib/obstacles.ts";
import { aptInstall } from "../engine.ts";
import { followed } from "./progress.ts";

const suite = "bookworm";
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
const caInside = "/etc/ssl/host-ca.crt";

/** The certificates this machine trusts: behind an intercepting proxy the images have to trust the same ones. */
export function caBundle(env: NodeJS.ProcessEnv = process.env): string {
  const candidates = [env.SSL_CERT_FILE, "/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/cert.pem"];
  return candidates.find((file) => file !== undefined && existsSync(file)) ?? "/dev/null";
}

/**
 * Turns the package sources that `apt-get indextargets` lists into the suite's own, on the same mirrors.
 * A machine without a Debian mirror gets an empty list, which leaves the choice to mmdebstrap.
 */
export function mirrorLines(targets: string): string[] {
  const debian = targets.split("\n").filter((line) => /^Debian(-Security)?\|/.test(line));
  const lines = debian.map((line) => {
    const [, uri, release, component] = line.split("|");
    return `deb [signed-by=${keyring}] ${uri} ${release?.replace(/^[a-z]+/, suite)} ${component}`;
  });
  return [...new Set(lines)];
}

async function output(command: string, args: string[]): Promise<string> {
  const { stdout, failed } = await execa(command, args, { reject: false, stderr: "ignore" });
  return failed ? "" : stdout.trim();
}

async function hostMirrors(): Promise<string[]> {
  const format = "$(LABEL)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)";
  return mirrorLines(await output("apt-get", ["indextargets", "--format", format, "Created-By: Packages"]));
}

/** Where this machine's pip and npm go; empty where they use their defaults. */
async function pipConf(): Promise<string> {
  const keys = ["index-url", "extra-index-url", "trusted-host"];
  const values = await Promise.all(
    keys.map((key) => output("python3", ["-m", "pip", "config", "get", `global.${key}`])),
  );
  return ["[global]", ...keys.flatMap((key, i) => (values[i] ? [`${key} = ${values[i]}`] : [])), ""].join("\n");
}

async function aptConf(): Promise<string> {
  const dump = await output("apt-config", ["dump"]);
  const kept = dump.split("\n").filter((line) => /^Acquire::(http|https|Check-|Retries)/i.test(line));
  return [...kept, `Acquire::https::CAInfo "${caInside}";`, ""].join("\n");
}

async function writeOverlay(folder: string): Promise<void> {
  const files: Record<string, string> = {
    [caInside]: await readFile(caBundle(), "utf8"),
    "/etc/apt/apt.conf.d/90host": await aptConf(),
    "/etc/pip.conf": await pipConf(),
    "/usr/local/etc/npmrc": `registry=${await output("npm", ["config", "get", "registry"])}\n`,
  };
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(folder, dirname(path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

/** Dockerfile instructions applied at import. */
function changes(label: string): string {
  const trusting = ["SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"];
  const env = trusting.map((name) => `ENV ${name} ${caInside}`);
  return [...env, 'CMD ["bash"]', `LABEL ${label}`].join("\n");
}

/** Makes the base image from the distribution's packages; `label` is `key=value`. */
export async function buildBase(docker: Docker, tag: string, label: string): Promise<void> {
  await aptInstall(["mmdebstrap", "debian-archive-keyring"]);
  const overlay = await mkdtemp(join(tmpdir(), "onehost-base-"));
  try {
    await writeOverlay(overlay);
    const options = ["--variant=minbase", "--include=ca-certificates", `--customize-hook=sync-in ${overlay} /`];
    const rootfs = execa("mmdebstrap", [...options, suite, "-", ...(await hostMirrors())], {
      buffer: { stdout: false },
    });
    const imported = docker.importImage(rootfs.stdout, { repo: tag, changes: changes(label) });
    // Awaited together: the engine does not answer before it has the whole, which never comes where mmdebstrap fails.
    await Promise.all([rootfs.catch(explain), imported.then((progress) => followed(docker, tag, progress))]);
  } finally {
    await rm(overlay, { recursive: true, force: true });
  }
}

function explain(error: unknown): never {
  const { stderr = "", shortMessage = "" } = error as { stderr?: string; shortMessage?: string };
  throw new Error(aptFault(["the packages of the base image"], stderr || shortMessage), { cause: error });
}
