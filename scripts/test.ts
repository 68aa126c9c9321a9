import { Command } from "commander";
import { EXIT, main } from "./lib/outcome.ts";
import { setUp } from "./lib/set-up.ts";
import { check, runSuites, tests } from "./lib/suites.ts";

new Command("npm test --")
  .description("Gets the machine ready, then checks and tests everything but the longer stories of npm run test:e2e.")
  .addHelpText(
    "after",
    "\nExit codes: 0 all passed, 1 something failed, 2 wrong usage, 3 the Docker host does not answer.",
  )
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.ok : EXIT.usage))
  .parse();

// These say the same on every machine.
const pure = [
  check("format", "prettier", "--check", "."),
  check("lint", "eslint", "."),
  check("types", "tsc", "--noEmit"),
  check("docs", "tsx", "scripts/docs.ts", "--check"),
  tests("unit", "test/{components,docs,scripts,offline}/**/*.test.ts"),
  tests("program", "test/program.test.ts"),
];

const onTheMachine = [
  tests("conformance", "test/conformance/**/*.test.ts"),
  tests("core story on Docker", "test/e2e/core.e2e.ts"),
];

await main(async () => {
  const { env } = await setUp();
  return runSuites([...pure, ...onTheMachine.map((suite) => ({ ...suite, env }))]);
});
