import { chosenOne } from "./lib/choose-containers.ts";
import { main } from "./lib/outcome.ts";
import { requireRunning } from "./lib/require-running.ts";
import { runInside } from "./lib/run-inside.ts";
import { findRunning, stackCommand } from "./lib/running-stack.ts";

/**
 * As the application logs in: over TCP, as its role, with the password from the secret file. That is read inside the
 * container, so it is on no command line. psql's own arguments, which come after, may say otherwise.
 */
const PSQL = [
  'export PGHOST=127.0.0.1 PGUSER="$POSTGRES_USER" PGDATABASE="$POSTGRES_DB" PSQL_HISTORY=/dev/null',
  'PGPASSWORD="$(cat "$POSTGRES_PASSWORD_FILE")" exec psql "$@"',
].join("\n");

const command = stackCommand(
  "psql",
  "Opens psql on the stack's database, as the application's role.",
  "psql's own (1 an error of psql itself, 2 the connection, 3 an error in a script)",
)
  .argument(
    "[arguments...]",
    "psql's own, for example: -c 'select 1'; statements are read from stdin where none is given",
  )
  .helpOption("--help", "display help for command")
  .allowUnknownOption()
  .passThroughOptions();

await main(async () => {
  const { stack: name } = command.parse().opts<{ stack: string }>();
  const stack = await findRunning(name);
  const container = stack.docker.getContainer(chosenOne("postgres", stack.containers, name).id);
  await requireRunning(container, "postgres");
  return runInside(container, ["sh", "-c", PSQL, "psql", ...command.args]);
});
