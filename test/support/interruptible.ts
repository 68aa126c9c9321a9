// Run by test/scripts/interrupt.test.ts: a script that takes its time. Argument: what fails when it is interrupted.
import { setTimeout as sleep } from "node:timers/promises";
import { watchInterrupts } from "../../scripts/lib/interrupt.ts";
import { main } from "../../scripts/lib/outcome.ts";

await main(async () => {
  watchInterrupts();
  const interrupted = new Promise((resolve) => process.once("SIGINT", resolve));
  console.log("ready");
  const takesLong = sleep(60_000);
  if (process.argv[2] !== "a child") return takesLong;
  await interrupted;
  throw new Error("the child ended by SIGINT");
});
