import { writeFileSync } from "node:fs";
import Mocha from "mocha";

/** Mocha's usual output; the counts go to the file ONEHOST_COUNTS, for a sum over several runs. */
export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.once("end", () => {
      const { passes, failures } = runner.stats ?? { passes: 0, failures: 0 };
      const file = process.env.ONEHOST_COUNTS;
      if (file !== undefined) writeFileSync(file, JSON.stringify({ passed: passes, failed: failures }));
    });
  }
}
