import { type Engine, engineEnv } from "./engine.ts";
import { imagesEnv } from "./image-set.ts";

/** What the program has to know of its host: without the decision which images it has, a preview would plan others. */
export function hostEnv(engine: Engine): Record<string, string> {
  return { ...engineEnv(engine), ...imagesEnv(engine.endpoint) };
}
