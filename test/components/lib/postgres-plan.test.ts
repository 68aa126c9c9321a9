// Does not prove that Postgres starts, or survives, with these settings; test/e2e does.
import assert from "node:assert/strict";
import fc from "fast-check";
import { seconds } from "../../../components/lib/duration.ts";
import { postgresPlan, tuning } from "../../../components/lib/postgres-plan.ts";
import { mib } from "../../../components/lib/size.ts";

const SETTINGS = {
  image: { ref: "postgres:15-alpine" },
  user: "70:70",
  database: "shop",
  role: "clerk",
  memory: mib(256),
  cpus: "0.5",
  stopGrace: seconds(90),
};

describe("postgresPlan", () => {
  it("is a locked server under init, tuned from its memory, that two probes prove", () => {
    const { check, ...plan } = postgresPlan(SETTINGS);
    assert.deepStrictEqual(
      [check?.command.slice(3), check?.repair.slice(3)],
      [
        ["clerk", "shop"],
        ["clerk", "shop"],
      ],
    );
    assert.deepStrictEqual(plan, {
      service: "postgres",
      rollout: "recreate",
      user: "70:70",
      entrypoint: [
        "/bin/sh",
        "-c",
        [
          "exec 9>/var/lib/postgresql/data/.lock",
          'flock -n 9 || { echo "/var/lib/postgresql/data is in use by another server" >&2; exit 1; }',
          'rm -f "$PGDATA/postmaster.pid"',
          'exec docker-entrypoint.sh "$@"',
        ].join("\n"),
        "postgres-entrypoint",
      ],
      command: [
        "postgres",
        ...["-c", "shared_buffers=64MB"],
        ...["-c", "effective_cache_size=160MB"],
        ...["-c", "maintenance_work_mem=16MB"],
        ...["-c", "work_mem=2MB"],
        ...["-c", "max_wal_size=256MB"],
        ...["-c", "max_connections=30"],
      ],
      env: {
        PGDATA: "/var/lib/postgresql/data/pgdata",
        POSTGRES_USER: "clerk",
        POSTGRES_DB: "shop",
        POSTGRES_PASSWORD_FILE: "/run/secrets/postgres_password",
        POSTGRES_INITDB_ARGS:
          "--data-checksums --encoding=UTF8 --locale=C.UTF-8 --auth-local=scram-sha-256 --auth-host=scram-sha-256",
      },
      networks: ["data"],
      mounts: [{ volume: "data", target: "/var/lib/postgresql/data" }],
      tmpfs: { "/var/run/postgresql": { size: mib(1) }, "/tmp": { size: mib(16) } },
      memory: mib(256),
      cpus: "0.5",
      pidsLimit: 90,
      init: true,
      stopSignal: "SIGINT",
      stopGrace: seconds(90),
      healthcheck: {
        test: ["CMD", "pg_isready", "-q", "-h", "127.0.0.1", "-U", "clerk", "-d", "shop"],
        interval: seconds(10),
        timeout: seconds(5),
        retries: 5,
        startPeriod: seconds(60),
      },
      readiness: {
        probes: [
          [
            "sh",
            "-c",
            'PGPASSWORD="$(cat /run/secrets/postgres_password)" exec psql -q -w -h 127.0.0.1 -U "$0" -d "$1" -c "select 1" >/dev/null',
            "clerk",
            "shop",
          ],
        ],
        timeout: seconds(120),
      },
    });
  });
});

describe("tuning", () => {
  const cases: [number, string[]][] = [
    [128, ["32MB", "80MB", "8MB", "2MB", "256MB", "15"]],
    [256, ["64MB", "160MB", "16MB", "2MB", "256MB", "30"]],
    [511, ["127MB", "319MB", "31MB", "2MB", "511MB", "60"]],
    [512, ["128MB", "320MB", "32MB", "4MB", "512MB", "60"]],
    [1024, ["256MB", "640MB", "64MB", "4MB", "1024MB", "100"]],
    [8192, ["2048MB", "5120MB", "512MB", "4MB", "1024MB", "100"]],
  ];
  for (const [memory, values] of cases)
    it(`of ${memory} MiB is as it was tried, and no more`, () => {
      const keys = [
        "shared_buffers",
        "effective_cache_size",
        "maintenance_work_mem",
        "work_mem",
        "max_wal_size",
        "max_connections",
      ];
      assert.deepStrictEqual(tuning(mib(memory)), Object.fromEntries(keys.map((key, index) => [key, values[index]])));
    });

  it("never plans for more memory than there is, with every connection at work", () => {
    fc.assert(
      fc.property(fc.integer({ min: 128, max: 65_536 }), (memory) => {
        const { shared_buffers, work_mem, max_connections } = tuning(mib(memory));
        const needed =
          Number.parseInt(shared_buffers as string) + Number.parseInt(work_mem as string) * Number(max_connections);
        assert.ok(needed < memory, `${needed} MB of ${memory}`);
      }),
    );
  });
});
