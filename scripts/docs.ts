import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { format, resolveConfig } from "prettier";
import { parse } from "yaml";
import { root } from "./lib/folders.ts";
import { effectsPage, type SeenEffects } from "./lib/effects-page.ts";
import { EXIT, main, Refusal } from "./lib/outcome.ts";
import { configurationPage, type Declarations, stackSchema } from "./lib/settings-reference.ts";

const { check = false } = new Command("npm run docs --")
  .description(
    "Writes what follows from Pulumi.yaml, the program and recorded previews: pages of docs/, stack.schema.json, stack.svg.",
  )
  .option("--check", "write nothing; fail where a file is not what it would be")
  .addHelpText("after", "\nExit codes: 0 written or as it should be, 1 a file differs, 2 wrong usage.")
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.ok : EXIT.usage))
  .parse()
  .opts<{ check?: boolean }>();

await main(async () => {
  const { name, settings } = readProject();
  await settle("docs/configuration.md", configurationPage(settings));
  await settle("docs/stack.schema.json", JSON.stringify(stackSchema(name, settings)));
  await settle("docs/stack.svg", await picture());
  await settle("docs/effects.md", effectsPage(settings, readEffects()));
});

function readEffects(): SeenEffects {
  return JSON.parse(readFileSync(join(root, "test/golden/effects.json"), "utf8")) as SeenEffects;
}

/** The stack of the repository's own, the same whatever this machine has of Docker. */
async function picture(): Promise<string> {
  for (const variable of ["DOCKER_HOST", "ONEHOST_IMAGES"]) delete process.env[variable];
  const { drawnStack } = await import("./lib/drawn-stack.ts");
  return drawnStack("dev");
}

/** The project's own settings; a key with a colon belongs to Pulumi itself. */
function readProject(): { name: string; settings: Declarations } {
  const { name, config } = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8")) as {
    name: string;
    config: Declarations;
  };
  return { name, settings: Object.fromEntries(Object.entries(config).filter(([key]) => !key.includes(":"))) };
}

/** Writes a file, or refuses one that differs. */
async function settle(path: string, text: string): Promise<void> {
  const file = join(root, path);
  const wanted = path.endsWith(".svg") ? text : await format(text, { ...(await resolveConfig(file)), filepath: file });
  if (!check) return writeFileSync(file, wanted);
  if (present(file) !== wanted)
    throw new Refusal(EXIT.failed, `${path}: must follow from its sources; run: npm run docs`);
}

function present(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
