import { diagram } from "./diagram.ts";
import { pictureOf } from "./picture.ts";
import type { Plan } from "./planned.ts";
import { declaredBy } from "./program.ts";
import { stackConfig } from "./stack-config.ts";
import { projectName } from "./stack-file.ts";

/** Draws a stack from its program and its settings, with what the next `up` would change where a plan is given. */
export async function drawnStack(stack: string, plan?: Plan): Promise<string> {
  const declared = await declaredBy({ project: projectName(), stack }, stackConfig(stack));
  return diagram(pictureOf(stack, declared), plan);
}
