import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { root } from "./lib/folders.ts";
import { EXIT, main } from "./lib/outcome.ts";
import { setUp } from "./lib/set-up.ts";

function whole(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError("must be a whole number from 1.");
  return number;
}

const options = new Command("npm run bench --")
  .description("Measures what a preview costs, round by round, on stacks of its own that it makes and removes.")
  .option("--rounds <number>", "how often each case is measured", whole, 5)
  .option("--sizes <list>", "stacks of so many times the services", (list) => list.split(",").map(whole), [1, 2, 4, 8])
  .option("--out <folder>", "where bench.json and bench.svg go", "test/artifacts")
  .addHelpText(
    "after",
    "\nExit codes: 0 measured, 1 something failed, 2 wrong usage, 3 the Docker host does not answer.",
  )
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.ok : EXIT.usage))
  .parse()
  .opts<{ rounds: number; sizes: number[]; out: string }>();

await main(async () => {
  const { env } = await setUp();
  Object.assign(process.env, env);
  const [{ measure }, { report }, { plot }] = await Promise.all([
    import("../test/bench/measure.ts"),
    import("../test/bench/report.ts"),
    import("../test/bench/plot.ts"),
  ]);
  const measured = await measure(options.rounds, options.sizes);
  const out = resolve(root, options.out);
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, "bench.json"), `${JSON.stringify(measured, null, 2)}\n`);
  writeFileSync(join(out, "bench.svg"), plot(measured));
  console.log(report(measured));
});
