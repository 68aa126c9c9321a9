import assert from "node:assert/strict";
import { type Drift, NAME } from "./drift.ts";

const OURS = { "onehost.project": "onehost", "onehost.stack": "e2e-drift" };

/** What no `up` cures, because it is somebody else's or because there is nothing to cure; and what takes its time. */
export const FOR_PEOPLE: readonly Drift[] = [
  {
    name: "a setting of Postgres changed by ALTER SYSTEM",
    make: (host) => host.sql("alter system set work_mem = '64MB'"),
    shows: ["postgres: setting work_mem: 64MB (declared: not altered); up sets it back"],
    cured: async (host) =>
      assert.equal(
        await host.sql("select count(*) from pg_file_settings where name = 'work_mem' and setting = '64MB'"),
        "0",
      ),
  },
  {
    name: "a setting of Redis changed by CONFIG SET",
    make: async (host) => {
      await host.redis("config", "set", "maxmemory-policy", "allkeys-lru");
      await host.redis("config", "set", "save", "60 1");
      await host.redis("config", "set", "maxclients", "50");
    },
    shows: [
      "redis: setting save: 60 1 (declared: empty); up restarts redis",
      "redis: setting maxclients: 50 (declared: 10000); up restarts redis",
      "redis: setting maxmemory-policy: allkeys-lru (declared: noeviction); up restarts redis",
    ],
    cured: async (host) =>
      assert.equal(await host.redis("config", "get", "maxmemory-policy"), "maxmemory-policy\nnoeviction"),
  },
  {
    name: "a user of Redis added, or the default user restricted",
    make: async (host) => {
      await host.redis("acl", "setuser", "eve", "on", "nopass", "~*", "+@all");
      await host.redis("acl", "setuser", "default", "-flushall");
    },
    shows: [
      "redis: user eve: present (declared: absent); up restarts redis",
      "redis: permissions of the default user: not all (declared: all); up restarts redis",
    ],
    cured: async (host) => assert.match(await host.redis("acl", "list"), /^user default on .* \+@all$/),
  },
  {
    name: "a process that hangs",
    make: (host) => host.freeze("frontend-0", "nginx"),
    shows: [
      "frontend: health: unhealthy, N failures in a row: Health check exceeded timeout (5s) (declared: healthy); up restarts it",
    ],
    cured: async (host) => assert.notEqual((await host.inspect("frontend-0")).State.Health?.Status, "unhealthy"),
  },
  {
    name: "our port published by another container",
    make: async (host) => {
      const PortBindings = (await host.inspect("edge")).HostConfig.PortBindings as object;
      await host.stop("edge");
      await host.start(`${NAME}-squatter`, { HostConfig: { PortBindings }, ExposedPorts: { "8080/tcp": {} } });
    },
    shows: [
      "edge: state: exited, exit code 0 (declared: running); up starts it and waits until it is ready",
      `host: port 127.0.0.1:#: published by ${NAME}-squatter (IMAGE); docker rm -f ${NAME}-squatter, or publish another port`,
    ],
    undo: (host) => host.remove("squatter"),
  },
  {
    name: "a stray container with our labels",
    make: (host) => host.start(`${NAME}-stray`, { Labels: OURS }),
    shows: [
      `host: stray container: ${NAME}-stray, with this stack's labels, made from IMAGE; up removes it if Pulumi made it; if somebody else did: docker rm -f ${NAME}-stray`,
    ],
    undo: (host) => host.remove("stray"),
  },
  {
    name: "a stray network or volume with our labels",
    make: async (host) => {
      await host.engine.createNetwork({ Name: `${NAME}-stray`, Labels: OURS });
      await host.engine.createVolume({ Name: `${NAME}-stray`, Labels: OURS });
    },
    shows: ["network", "volume"].map(
      (kind) =>
        `host: stray ${kind}: ${NAME}-stray, with this stack's labels; nothing of this stack uses it; if nobody else does: docker ${kind} rm ${NAME}-stray`,
    ),
    undo: async (host) => {
      await host.engine.getNetwork(`${NAME}-stray`).remove();
      await host.engine.getVolume(`${NAME}-stray`).remove();
    },
  },
  {
    name: "a stranger on one of our networks",
    make: (host) => host.start(`${NAME}-stranger`, { HostConfig: { NetworkMode: `${NAME}-data` } }),
    shows: [
      `host: stranger: ${NAME}-stranger (IMAGE), on ${NAME}-data, where it reaches this stack's services; docker network disconnect ${NAME}-data ${NAME}-stranger`,
    ],
    undo: async (host) => {
      await host.disconnect("stranger", `${NAME}-data`);
      await host.remove("stranger");
    },
  },
  {
    name: "a stranger in the place of one of ours, or with a volume of ours",
    make: async (host) => {
      const HostConfig = {
        NetworkMode: `container:${(await host.inspect("postgres")).Id}`,
        Binds: [`${NAME}-uploads:/uploads`],
      };
      await host.start(`${NAME}-imposter`, { HostConfig });
    },
    shows: [
      `host: stranger: ${NAME}-imposter (IMAGE), with the network of ${NAME}-postgres, where it passes for it; docker rm -f ${NAME}-imposter`,
      `host: stranger: ${NAME}-imposter (IMAGE), which may write to the volume ${NAME}-uploads; docker rm -f ${NAME}-imposter`,
    ],
    undo: (host) => host.remove("imposter"),
  },
  {
    name: "removed, and made again by hand under our name",
    make: async (host) => {
      await host.remove("beat");
      await host.start(`${NAME}-beat`);
    },
    shows: [
      "create beat",
      `beat: name: that of a container which this stack did not make (IMAGE, Up SOME); up cannot make its own before this one is gone: docker rm -f ${NAME}-beat, or docker rename it`,
    ],
    undo: (host) => host.remove("beat"),
  },
  {
    name: "removed, and made again just as it was",
    make: (host) => host.clone("bot"),
    shows: [
      "create bot",
      `bot: name: that of a container which this stack did not make (IMAGE, running); up cannot make its own before this one is gone: docker rm -f ${NAME}-bot, or docker rename it`,
    ],
    undo: (host) => host.remove("bot"),
  },
  {
    name: "a network made again by hand, with our labels",
    make: (host) => host.renewNetwork(`${NAME}-egress`),
    shows: [
      "create network-egress",
      `networks: name ${NAME}-egress: that of a network which this stack did not make; up cannot make its own before this one is gone: for c in $(docker ps -aqf network=${NAME}-egress); do docker network disconnect -f ${NAME}-egress $c; done; docker network rm ${NAME}-egress`,
    ],
    undo: (host) => host.removeNetwork(`${NAME}-egress`),
  },
  {
    name: "a role of Postgres that is no superuser any more",
    make: (host) => host.sql("alter role app nosuperuser"),
    shows: [
      "postgres: role app: no superuser (declared: superuser); no up sets it back: see docs/drift.md, The role of Postgres",
    ],
    undo: async (host) => {
      const postgres = await host.inspect("postgres");
      await (await host.container("postgres")).stop();
      const alter =
        "echo 'alter role app superuser login;' | postgres --single -D /var/lib/postgresql/data/pgdata postgres";
      const HostConfig = { VolumesFrom: [postgres.Name.slice(1)] };
      const options = {
        Image: postgres.Image,
        User: postgres.Config.User,
        Entrypoint: ["sh", "-c", alter],
        HostConfig,
      };
      const container = await host.start("", options);
      await container.wait();
      await container.remove();
      await (await host.container("postgres")).start();
    },
  },
];
