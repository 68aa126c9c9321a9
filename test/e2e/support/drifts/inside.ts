import assert from "node:assert/strict";
import { exec } from "../../../../components/engine/exec.ts";
import { until } from "../assertions.ts";
import { type Drift, NAME } from "./drift.ts";

/** Networks, files, and what is changed inside the services. */
export const INSIDE: readonly Drift[] = [
  {
    name: "password of Postgres' role changed",
    make: (host) =>
      host.sql("alter system set work_mem = '64MB'").then(() => host.sql("alter role app password 'other'")),
    shows: [
      'postgres: log-in of the role app: refused: password authentication failed for user "app" (declared: as in the secret files); up sets it back',
    ],
    cured: async (host) => assert.equal(await host.sql("select 1"), "1"),
  },
  {
    name: "`postgresql.conf` edited",
    make: (host) => host.inside("postgres", "echo 'log_min_duration_statement = 7s' >> $PGDATA/postgresql.conf"),
    shows: [
      "postgres: postgresql.conf: with log_min_duration_statement = 7s (declared: as the last release left it); up sets it back",
    ],
    cured: async (host) => assert.equal(await host.sql("show log_min_duration_statement"), "-1"),
  },
  {
    name: "password of Redis changed",
    make: (host) => host.redis("config", "set", "requirepass", "other"),
    shows: ["redis: password: another one, or none (declared: as in the secret files); up restarts redis"],
    cured: async (host) => assert.equal(await host.redis("ping"), "PONG"),
  },
  {
    name: "edge's files edited",
    make: (host) => host.inside("edge", "echo nobody > /config/up/frontend-1"),
    shows: ["edge: file up/frontend-1: changed or gone (declared: as the last release wrote it); up writes it again"],
    cured: async (host) => assert.match(await host.inside("edge", "cat /config/up/frontend-1"), /-frontend-0-/),
  },
  {
    name: "edge's routes replaced through Caddy's API",
    make: async (host) => {
      await host.inside("edge", "sed 's#reverse_proxy {file#header X-Other 1\\n&#' /config/Caddyfile > /config/other");
      const reload = "caddy reload --config /config/other --adapter caddyfile --address unix//run/caddy/admin.sock";
      await host.inside("edge", `${reload} && rm /config/other`);
    },
    shows: ["edge: live routes: replaced (declared: as the last release loaded them); up writes it again"],
  },
  {
    name: "a network disconnected",
    make: (host) => host.disconnect("backend-0", `${NAME}-data`),
    shows: [
      `backend: networks: without ${NAME}-data (declared: ${NAME}-data, ${NAME}-edge, ${NAME}-egress); up connects it as declared`,
    ],
  },
  {
    name: "a further network connected",
    make: (host) => host.connect("frontend-0", "bridge"),
    shows: [`frontend: networks: also on bridge (declared: ${NAME}-edge); up connects it as declared`],
  },
  {
    name: "cpus changed",
    make: (host) => host.update("backend-1", { NanoCpus: 250_000_000 }),
    shows: ["replace backend-1: cpus"],
  },
  {
    name: "an alias lost or added",
    make: async (host) => {
      await host.disconnect("beat", `${NAME}-data`);
      await host.connect("beat", `${NAME}-data`, ["scheduler"]);
    },
    shows: [
      `beat: networks: on ${NAME}-data without its alias beat, on ${NAME}-data also as scheduler (declared: ${NAME}-data); up connects it as declared`,
    ],
  },
  {
    name: "secret files edited, deleted or added, their mode or owner changed",
    make: async (host) => {
      const line =
        "cd /v && echo x > secret_key && rm redis_url && chmod 644 database_url && chown 0 database_url && touch more && chmod 755 .";
      await host.inVolume(await host.secretsOf("worker-0"), line);
    },
    shows: [
      "app-secrets: secret files: database_url belongs to 0:10001, database_url has mode 0644, written 0400, more added, redis_url deleted, secret_key edited, their directory has mode 0755, written 0500 (declared: as the last up wrote them); up writes them again",
    ],
    cured: async (host) =>
      assert.equal(
        await host.inside("worker-0", "cd /run/secrets; stat -c '%n %a %u' . *"),
        [". 500 10001", "database_url 400 10001", "redis_url 400 10001", "secret_key 400 10001"].join("\n"),
      ),
  },
  {
    name: "crashed, and started again by Docker",
    make: async (host) => {
      // The end of the container may also end the command that brought it about.
      await exec(await host.container("bot"), ["python", "-c", CRASH_BOT]);
      await until(async () => (await host.inspect("bot")).RestartCount > 0, 30);
    },
    shows: [
      "bot: state: restarted once by Docker, exit code 1, last line of its log: ModuleNotFoundError: No module named 'telegram_bot'; REMEDY",
    ],
    // It counts as news for ten minutes; who has seen it may start it anew.
    undo: (host) => host.restart("bot"),
  },
];

/** Sends a signal to the bot's own process; its image has no tool for that but Python. */
const CRASH_BOT = `import os, signal
for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
  if pid not in (1, os.getpid()) and b"telegram_bot" in open(f"/proc/{pid}/cmdline", "rb").read(): os.kill(pid, signal.SIGUSR1)`;

/** A bot that crashes when it is told to. */
export const BOT = [
  "python",
  "-c",
  "import signal, time\ndef crash(*_): import telegram_bot\nsignal.signal(signal.SIGUSR1, crash)\nwhile True: time.sleep(60)",
];
