import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type Docker from "dockerode";
import { parse, stringify } from "yaml";
import type { ImageSet } from "../../components/lib/images.ts";
import { root } from "./folders.ts";
import { freePort } from "./free-port.ts";
import { publish, startRegistry } from "./registry.ts";
import { type Props, rehearsalName, rehearse, type Replacement, type Settings, stages } from "./rehearsal.ts";
import { projectName, publishedBy, stackSettings } from "./stack-file.ts";
import { table } from "./table.ts";

/** The stack whose folders stand in for images that are not to be had here. */
const MODEL = "dev";

/**
 * Writes the settings file of a rehearsal: those of a stack, on this machine's Docker, with images built here and taken
 * from a local registry by digest. The stack's own file is only read. Says what was replaced by what.
 */
export async function prepareRehearsal(docker: Docker, stack: string, set: ImageSet): Promise<void> {
  const settings = stackSettings(stack);
  const props = await propsFor(docker, stack, settings, set);
  const rehearsal = rehearse(settings, props);
  writeSettings(stack, rehearsal.settings);
  const name = rehearsalName(stack);
  console.log(
    `Stack ${name}: the settings of ${stack}, tried on this machine; ${settings["host"] as string} is not touched`,
  );
  console.log(`${table(["setting", `in ${stack}`, "here"], rehearsal.replacements.map(row)).join("\n")}\n`);
}

function row({ key, there, here }: Replacement): string[] {
  return [key, there, here];
}

async function propsFor(docker: Docker, stack: string, settings: Settings, set: ImageSet): Promise<Props> {
  const wanted = stages(settings, stackSettings(MODEL));
  const images: Record<string, string> = {};
  const registry = wanted.length === 0 ? "" : await startRegistry(docker, set);
  for (const stage of wanted) {
    console.log(`Building ${stage.folder} for the local registry`);
    images[stage.group] = await publish(docker, registry, stage, set);
  }
  const known = stackSettings(rehearsalName(stack))["secrets"] as Record<string, string> | undefined;
  const secret = (name: string): string => known?.[name] ?? randomBytes(16).toString("hex");
  return { publish: await addressFor(stack), images, secret };
}

/** The one that it had; a new one must be free. */
async function addressFor(stack: string): Promise<string> {
  const name = rehearsalName(stack);
  const [present] = existsSync(fileOf(name)) ? publishedBy(name) : [];
  return `127.0.0.1:${present?.port ?? (await freePort(8081))}`;
}

/** The CLI's own lines in it, which belong to the stack's state, stay. */
function writeSettings(stack: string, settings: Settings): void {
  const file = fileOf(rehearsalName(stack));
  const present = existsSync(file) ? ((parse(readFileSync(file, "utf8")) ?? {}) as object) : {};
  const config = Object.fromEntries(Object.entries(settings).map(([key, value]) => [`${projectName()}:${key}`, value]));
  const heading = `# Made by quickstart from Pulumi.${stack}.yaml at every run: change that, not this.\n`;
  writeFileSync(file, heading + stringify({ ...present, config }));
}

function fileOf(stack: string): string {
  return join(root, `Pulumi.${stack}.yaml`);
}
