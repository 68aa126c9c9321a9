import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { Command } from "commander";
import { root } from "./lib/folders.ts";
import { EXIT, main, Refusal } from "./lib/outcome.ts";
import { setUp } from "./lib/set-up.ts";
import { runSuites, tests } from "./lib/suites.ts";

const command = new Command("npm run test:e2e --")
  .description("Gets the machine ready, then runs the stories of test/e2e on a real Docker Engine.")
  .argument("[stories...]", "these alone, for example: drift ssh (default: all)")
  .option("--except <story...>", "leave these stories out, for example: core")
  .addHelpText(
    "after",
    "\nExit codes: 0 all passed, 1 something failed, 2 wrong usage, 3 the Docker host does not answer.",
  )
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.ok : EXIT.usage))
  .parse();
const { except = [] } = command.opts<{ except?: string[] }>();

const folder = "test/e2e";
const files = readdirSync(join(root, folder))
  .filter((file) => file.endsWith(".e2e.ts"))
  .sort();
const stories = files.map((file) => ({ file: join(folder, file), name: basename(file, ".e2e.ts") }));
const only = command.args.length > 0 ? command.args : stories.map(({ name }) => name);
const wanted = stories.filter(({ name }) => only.includes(name) && !except.includes(name));

await main(async () => {
  const unknown = [...only, ...except].filter((name) => !stories.some((story) => story.name === name));
  if (unknown.length > 0) {
    const known = stories.map(({ name }) => name).join(", ");
    throw new Refusal(EXIT.usage, `no story is called ${unknown.join(" or ")}; there are ${known}`);
  }
  const { env } = await setUp();
  return runSuites(wanted.map(({ name, file }) => ({ ...tests(`story: ${name}`, file), env })));
});
