import { mayColour } from "./lib/colours.ts";
import { EXIT, main } from "./lib/outcome.ts";
import { findRunning, stackCommand } from "./lib/running-stack.ts";
import { stackConfig } from "./lib/stack-config.ts";
import { stackStatus } from "./lib/stack-status.ts";
import { statusText } from "./lib/status-text.ts";

const command = stackCommand(
  "status",
  "Shows how a stack's services are, and which containers serve.",
  "0 all is well, 1 something is not, or nothing is there",
).option("--json", "as JSON");

await main(async () => {
  const { stack: name, json } = command.parse().opts<{ stack: string; json?: boolean }>();
  const status = await stackStatus(await findRunning(name), stackConfig(name));
  console.log(json ? JSON.stringify(status, null, 2) : statusText(status, Date.now(), mayColour()));
  return status.well ? EXIT.ok : EXIT.failed;
});
