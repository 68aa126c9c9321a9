// Does not prove how an engine lists strangers; test/e2e/drift.e2e.ts does.
import assert from "node:assert/strict";
import { type DeclaredStack, hostFindings } from "../../../../components/lib/audit/host.ts";
import type { Seen, SeenNetwork } from "../../../../components/lib/audit/seen.ts";
import { BACKEND, containerOf, type Differing, hostWith, ID, NOW, REDIS, strangerOf } from "../../../support/seen.ts";

const STACK: DeclaredStack = {
  id: ID,
  resources: ["redis", "backend-0"],
  networks: ["data", "edge"],
  volumes: ["redis-data", "redis-secrets", "uploads"],
  ports: [{ ip: "127.0.0.1", external: 8080, internal: 8080 }],
};
const people = { cure: "people", gap: false };

const network = (name: string, isLabelled = true): SeenNetwork => ({ id: `id of ${name}`, name, isLabelled });

const findings = (seen: Seen): object[] => hostFindings(STACK, seen);
const redis = (differing: Differing = {}) => containerOf(REDIS, differing);
const among = (stranger: object): object[] => findings(hostWith([redis()], { strangers: [strangerOf(stranger)] }));

describe("hostFindings", () => {
  it("has nothing to say of the stack's own containers and of strangers who keep to themselves", () => {
    const own = [redis(), containerOf(BACKEND, { name: "onehost-dev-backend-0-1a2b3c4" })];
    assert.deepStrictEqual(
      findings(
        hostWith(own, {
          strangers: [strangerOf({})],
          networks: [network("bridge", false), network("onehost-dev-data")],
        }),
      ),
      [],
    );
  });

  it("names a stray with our labels", () =>
    assert.deepStrictEqual(findings(hostWith([redis(), redis({ name: "other" })])), [
      {
        service: "host",
        on: "other",
        property: "stray container",
        found: "other, with this stack's labels, made from sha256:redis",
        remedy: "up removes it if Pulumi made it; if somebody else did: docker rm -f other",
        ...people,
      },
    ]));

  it("leaves alone what an up elsewhere makes at this moment, and nothing that stays", () => {
    const Created = new Date(NOW.getTime() - 30_000).toISOString();
    const job = { name: "job", labels: { "onehost.rollout": "job" } };
    const carrier = { name: "carrier", state: { Status: "created", Running: false } };
    for (const passing of [job, carrier]) {
      assert.deepStrictEqual(findings(hostWith([redis({ ...passing, info: { Created } })])), []);
      assert.equal(findings(hostWith([redis(passing)])).length, 1, `${passing.name} of an hour ago`);
    }
    assert.equal(findings(hostWith([redis({ name: "other", info: { Created } })])).length, 1, "a new stray");
  });

  it("says which of two containers serves while a release is unfinished", () => {
    const [older, newer] = ["0000000", "1111111"].map((end, hour) =>
      containerOf(BACKEND, {
        name: `onehost-dev-backend-0-${end}`,
        info: { Created: `2026-01-02T0${hour}:00:00Z` },
      }),
    );
    assert.deepStrictEqual(findings(hostWith([newer!, older!])), [
      {
        service: "backend-0",
        on: "onehost-dev-backend-0-0000000",
        property: "unfinished release",
        found: "onehost-dev-backend-0-0000000 serves, onehost-dev-backend-0-1111111 waits for its gate",
        remedy: "up asks the gate again",
        ...people,
      },
    ]);
  });

  it("believes the edge which of them serves, and tells what is left over from what waits", () => {
    const [older, serving, newer] = ["0000000", "1111111", "2222222"].map((end, hour) =>
      containerOf(BACKEND, { name: `onehost-dev-backend-0-${end}`, info: { Created: `2026-01-02T0${hour}:00:00Z` } }),
    );
    const report = "serves onehost-dev-backend-0-1111111\nserves onehost-dev-backend-1-3333333\n";
    const edge = containerOf({ ...REDIS, service: "edge" }, { seen: { report } });
    const stack = { ...STACK, resources: ["edge", "backend-0"] };
    assert.deepStrictEqual(hostFindings(stack, hostWith([edge, newer!, older!, serving!])), [
      {
        service: "backend-0",
        on: "onehost-dev-backend-0-1111111",
        property: "unfinished release",
        found: "onehost-dev-backend-0-1111111 serves, onehost-dev-backend-0-2222222 waits for its gate",
        remedy: "up asks the gate again",
        ...people,
      },
      {
        service: "backend-0",
        on: "onehost-dev-backend-0-0000000",
        property: "left over",
        found: "onehost-dev-backend-0-0000000, which no request goes to since onehost-dev-backend-0-1111111 serves",
        remedy: "up removes it if Pulumi made it; if somebody else did: docker rm -f onehost-dev-backend-0-0000000",
        ...people,
      },
    ]);
  });

  it("names networks and volumes with our labels that are none of ours", () => {
    const networks = [network("onehost-dev-edge"), network("onehost-dev-other"), network("bridge", false)];
    const volumes = ["onehost-dev-uploads", "onehost-dev-redis-secrets-1a2b3c4", "onehost-dev-redis-data-old"];
    const stray = (kind: string, name: string): object => ({
      service: "host",
      on: name,
      property: `stray ${kind}`,
      found: `${name}, with this stack's labels`,
      remedy: `nothing of this stack uses it; if nobody else does: docker ${kind} rm ${name}`,
      ...people,
    });
    assert.deepStrictEqual(findings(hostWith([redis()], { networks, volumes })), [
      stray("network", "onehost-dev-other"),
      stray("volume", "onehost-dev-redis-data-old"),
    ]);
  });

  const nameTaken = (what: string): object => ({
    service: "redis",
    on: "onehost-dev-redis",
    property: "name",
    found: `that of a container which this stack did not make (${what})`,
    remedy: "up cannot make its own before this one is gone: docker rm -f onehost-dev-redis, or docker rename it",
    ...people,
  });

  it("names a container of somebody else under our name", () =>
    assert.deepStrictEqual(findings(hostWith([], { strangers: [strangerOf({ Names: ["/onehost-dev-redis"] })] })), [
      nameTaken("nginx, Up 2 hours"),
    ]));

  for (const limits of [{ ReadonlyRootfs: false }, { Init: null }, { CapDrop: null }])
    it(`knows one made by hand with our name and labels by ${Object.keys(limits)[0]}`, () =>
      assert.deepStrictEqual(findings(hostWith([redis({ limits })])), [nameTaken("sha256:redis, running")]));

  it("names a stranger on each of our networks", () => {
    const Networks = { "onehost-dev-data": {}, other: {}, "onehost-dev-edge": {} };
    const on = (network: string): object => ({
      service: "host",
      on: "stranger",
      property: "stranger",
      found: `stranger (nginx), on ${network}, where it reaches this stack's services`,
      remedy: `docker network disconnect ${network} stranger`,
      ...people,
    });
    assert.deepStrictEqual(among({ NetworkSettings: { Networks } }), [on("onehost-dev-data"), on("onehost-dev-edge")]);
  });

  it("names a stranger in the place of one of ours", () => {
    const named = (mode: string): object[] => among({ HostConfig: { NetworkMode: `container:${mode}` } });
    for (const mode of ["0123456789abcdef0123", "onehost-dev-redis"])
      assert.deepStrictEqual(named(mode), [
        {
          service: "host",
          on: "stranger",
          property: "stranger",
          found: "stranger (nginx), with the network of onehost-dev-redis, where it passes for it",
          remedy: "docker rm -f stranger",
          ...people,
        },
      ]);
    assert.deepStrictEqual(named("other"), []);
  });

  it("names a stranger who may write to our data or reads our secrets, and nobody who makes backups", () => {
    const volumes = ["onehost-dev-redis-data", "onehost-dev-redis-secrets-1a2b3c4"];
    const Mounts = [
      { Name: "onehost-dev-redis-data", RW: false },
      { Name: "other", RW: true },
      { Source: "/srv", RW: true },
    ];
    const found = (more: object[]): unknown[] =>
      hostFindings(
        STACK,
        hostWith([redis()], { volumes, strangers: [strangerOf({ Mounts: [...Mounts, ...more] })] }),
      ).map((finding) => finding.found);
    assert.deepStrictEqual(found([]), []);
    assert.deepStrictEqual(
      found([
        { Name: "onehost-dev-redis-data", RW: true },
        { Name: volumes[1], RW: false },
      ]),
      [
        "stranger (nginx), which may write to the volume onehost-dev-redis-data",
        "stranger (nginx), which reads the volume onehost-dev-redis-secrets-1a2b3c4",
      ],
    );
  });

  for (const IP of ["127.0.0.1", "0.0.0.0", "::"])
    it(`names who publishes our port on ${IP}`, () =>
      assert.deepStrictEqual(among({ Ports: [{ IP, PublicPort: 8080 }] }), [
        {
          service: "host",
          on: "stranger",
          property: "port 127.0.0.1:8080",
          found: "published by stranger (nginx)",
          remedy: "docker rm -f stranger, or publish another port",
          ...people,
        },
      ]));

  it("minds no other port or address", () =>
    assert.deepStrictEqual(
      among({
        Ports: [{ IP: "127.0.0.1", PublicPort: 8081 }, { IP: "127.0.0.2", PublicPort: 8080 }, { PrivatePort: 8080 }],
      }),
      [],
    ));

  it("names a network that somebody made in the place of ours", () =>
    assert.deepStrictEqual(findings(hostWith([redis()], { networks: [network("onehost-dev-data", false)] })), [
      {
        service: "networks",
        on: "onehost-dev-data",
        property: "name onehost-dev-data",
        found: "that of a network which this stack did not make",
        remedy:
          "up cannot make its own before this one is gone: for c in $(docker ps -aqf network=onehost-dev-data); do docker network disconnect -f onehost-dev-data $c; done; docker network rm onehost-dev-data",
        ...people,
      },
    ]));
});
