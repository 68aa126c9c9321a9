import assert from "node:assert/strict";
import { exec } from "../../../../components/engine/exec.ts";
import { type Drift, NAME } from "./drift.ts";

/** What is left when networks, volumes and images go. */
export const RESOURCES: readonly Drift[] = [
  {
    name: "a network removed",
    make: (host) => host.removeNetwork(`${NAME}-public`),
    shows: [
      "create network-public",
      "replace edge: networksAdvanced",
      `edge: networks: without ${NAME}-public (declared: ${NAME}-edge, ${NAME}-public); up connects it as declared`,
    ],
  },
  {
    name: "a network made again by hand with other options",
    make: async (host) => {
      await host.removeNetwork(`${NAME}-egress`);
      await host.engine.createNetwork({ Name: `${NAME}-egress`, Internal: true });
    },
    shows: [
      `networks: name ${NAME}-egress: that of a network which this stack did not make; up cannot make its own before this one is gone: for c in $(docker ps -aqf network=${NAME}-egress); do docker network disconnect -f ${NAME}-egress $c; done; docker network rm ${NAME}-egress`,
      "create network-egress",
      `bot: networks: without ${NAME}-egress (declared: ${NAME}-data, ${NAME}-egress); up connects it as declared`,
    ],
    undo: (host) => host.engine.getNetwork(`${NAME}-egress`).remove(),
  },
  {
    name: "a volume removed",
    make: async (host) => {
      for (const resource of ["backend-0", "backend-1", "worker-0", "beat"]) await host.remove(resource);
      await host.engine.getVolume(`${NAME}-uploads`).remove();
    },
    shows: [
      "create uploads",
      "uploads: volume: gone (declared: present); up makes a new, empty one; restore it from a backup if there was data on it",
    ],
    cured: async (host) =>
      assert.equal(await host.inside("backend-0", "touch /app/uploads/x && rm /app/uploads/x && echo ok"), "ok"),
  },
  {
    name: "a role of Postgres added, or what one or a database says of its sessions",
    make: async (host) => {
      await host.sql("create role eve login");
      await host.sql("alter database app set statement_timeout = '7s'");
    },
    shows: ["role eve: log-in", "setting statement_timeout in database app: 7s"].map(
      (found) => `postgres: ${found} (declared: none); set it back in psql, or release: a release takes it as it is`,
    ),
    undo: async (host) => {
      await host.sql("alter database app reset statement_timeout");
      await host.sql("drop role eve");
    },
  },
  {
    name: "an image's tag moved",
    make: async (host) => {
      const other = host.engine.getImage("onehost-e2e/backend:second");
      await other.tag({ repo: "onehost-e2e/drift", tag: "app" });
    },
    shows: ["replace bot: image, networksAdvanced"],
  },
  {
    name: "an image deleted",
    make: (host) => host.engine.getImage("onehost-e2e/drift:pages").remove({ force: true }),
    shows: ["create frontend-image", "replace frontend-0: image"],
    undo: (host) => host.engine.getImage("onehost-e2e/frontend:first").tag({ repo: "onehost-e2e/drift", tag: "pages" }),
  },
  {
    name: "a process killed for want of memory",
    // Last: the engine remembers 256 events, which health checks push out within a minute or two.
    make: async (host) => {
      const { exitCode } = await exec(await host.container("bot"), ["python", "-c", "bytearray(10 ** 9)"]);
      assert.equal(exitCode, 137);
    },
    shows: ["bot: memory: a process was killed for want of it; give it more (bot.memory), or see what needed it"],
    undo: (host) => host.restart("bot"),
  },
];
