import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { execa } from "execa";
import { drawnStack } from "./lib/drawn-stack.ts";
import { engineEnv, findEngine, noEngine } from "./lib/engine.ts";
import { root } from "./lib/folders.ts";
import { imagesEnv } from "./lib/image-set.ts";
import { EXIT, main } from "./lib/outcome.ts";
import { planOf, type Step } from "./lib/planned.ts";
import { defaultStack, refuseUnknownStack } from "./lib/stack-choice.ts";
import { resolveToolchain } from "./lib/toolchain.ts";

const command = new Command("npm run diagram --")
  .description("Draws a stack as SVG: services, networks, volumes, ports, secrets by name.")
  .option("--stack <name>", "the stack, with its settings in Pulumi.<name>.yaml", defaultStack())
  .option("--plan", "with what the next up would change, and all else greyed")
  .option("--out <file>", "where to write it", "stack.svg")
  .addHelpText("after", "\nExit codes: 0 drawn, 1 it failed, 2 wrong usage, 3 the Docker host does not answer.")
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.ok : EXIT.usage));

await main(async () => {
  const { stack, plan, out } = command.parse().opts<{ stack: string; plan?: boolean; out: string }>();
  refuseUnknownStack(stack);
  const steps = plan ? await previewSteps(stack) : undefined;
  writeFileSync(out, await drawnStack(stack, steps && planOf(steps)));
  console.log(`${out}: drawn`);
});

/** What a preview of the stack says that it would do. */
async function previewSteps(stack: string): Promise<Step[]> {
  const engine = await findEngine(stack);
  if (engine === undefined) throw await noEngine();
  const { env } = await resolveToolchain((text) => console.error(`pulumi: ${text}`));
  const host = { ...engineEnv(engine), ...imagesEnv(engine.endpoint) };
  Object.assign(process.env, host);
  const args = ["preview", "--json", "--stack", stack, "--non-interactive"];
  const { stdout } = await execa("pulumi", args, { cwd: root, env, stdin: "ignore" });
  return (JSON.parse(stdout) as { steps?: Step[] }).steps ?? [];
}
