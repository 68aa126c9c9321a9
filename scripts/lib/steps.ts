import { Listr, type ListrTask } from "listr2";

/** Says what a step is doing, below its title. */
export type Note = (text: string) => void;

export interface Step {
  readonly title: string;
  /** What it returns, if anything, is shown behind the title. */
  readonly run: (note: Note) => Promise<string | void>;
}

const timer = {
  condition: (milliseconds: number | undefined) => milliseconds !== undefined,
  field: (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`,
  format: () => (text: string | undefined) => text ?? "",
};

/** Runs sequences side by side, the steps of each in their order, and shows each step with its seconds. */
export async function runSteps(sequences: Readonly<Record<string, readonly Step[]>>): Promise<void> {
  const tasks = Object.entries(sequences).map(([title, steps]) => ({
    title,
    task: (_: unknown, task: Parameters<ListrTask["task"]>[1]) =>
      task.newListr(steps.map(listrTask), { concurrent: false, exitOnError: true }),
  }));
  const options = { timer, collapseSubtasks: false, showErrorMessage: false };
  const listr = new Listr(tasks, {
    concurrent: true,
    // What one sequence has made so far is kept for the next run, so it may finish when another one fails.
    exitOnError: false,
    // Its own handler ends the process with another code, before what runs could clean up.
    registerSignalListeners: false,
    collectErrors: "minimal",
    fallbackRenderer: "simple",
    rendererOptions: options,
    fallbackRendererOptions: { timer },
  });
  await listr.run();
  if (listr.errors[0] !== undefined) throw listr.errors[0].error;
}

function listrTask(step: Step): ListrTask {
  return {
    title: step.title,
    task: async (_, task) => {
      const result = await step.run((text) => (task.output = text));
      if (typeof result === "string") task.title = `${step.title}: ${result}`;
    },
  };
}
