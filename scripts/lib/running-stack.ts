import { Command } from "commander";
import type Docker from "dockerode";
import { connect } from "../../components/engine/connect.ts";
import type { StackId } from "../../components/lib/names.ts";
import { answeringEngine } from "./engine.ts";
import { EXIT, Refusal } from "./outcome.ts";
import { defaultStack, refuseUnknownStack } from "./stack-choice.ts";
import { containersOf, type StackContainer } from "./stack-containers.ts";
import { projectName } from "./stack-file.ts";

/** A stack on its host. */
export interface RunningStack {
  readonly id: StackId;
  readonly docker: Docker;
  readonly containers: readonly StackContainer[];
}

/** A script's command line, with the one option that all scripts about a running stack have. */
export function stackCommand(script: string, description: string, exitCodes: string): Command {
  return new Command(`npm run ${script} --`)
    .description(description)
    .option("--stack <name>", "the stack, with its settings in Pulumi.<name>.yaml", defaultStack())
    .addHelpText("after", `\nExit codes: ${exitCodes}, 2 wrong usage, 3 the Docker host does not answer.`)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.ok : EXIT.usage));
}

/**
 * Finds a stack's containers on its host. `connections` is how many requests to an ssh host may be open at once.
 * @throws Refusal where there is no such stack, its host does not answer, or nothing of it is there.
 */
export async function findRunning(stack: string, connections?: number): Promise<RunningStack> {
  refuseUnknownStack(stack);
  const engine = await answeringEngine(stack);
  const id = { project: projectName(), stack };
  const docker = connect(engine.endpoint, connections);
  const containers = await containersOf(docker, id);
  if (containers.length === 0) throw notUp(stack, engine.endpoint);
  return { id, docker, containers };
}

/** A stack of which nothing is on its host. */
export function notUp(stack: string, endpoint: string): Refusal {
  const remedy = stack === "dev" ? "npm run quickstart" : `npm run pulumi -- up --stack ${stack}`;
  return new Refusal(EXIT.failed, `stack ${stack} has no containers on ${endpoint}; bring it up with: ${remedy}`);
}
