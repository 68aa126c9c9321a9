import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { execa } from "execa";
import { drawnStack } from "./lib/drawn-stack.ts";
import { answeringEngine } from "./lib/engine.ts";
import { root } from "./lib/folders.ts";
import { hostEnv } from "./lib/host-env.ts";
import { EXIT, main } from "./lib/outcome.ts";
import { planOf } from "./lib/planned.ts";
import type { Step } from "./lib/preview-step.ts";
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
  const engine = await answeringEngine(stack);
  const { env } = await resolveToolchain((text) => console.error(`pulumi: ${text}`));
  Object.assign(process.env, hostEnv(engine));
  const args = ["preview", "--json", "--stack", stack, "--non-interactive"];
  const { stdout } = await execa("pulumi", args, { cwd: root, env, stdin: "ignore" });
  return (JSON.parse(stdout) as { steps?: Step[] }).steps ?? [];
}
