// Does not prove that an image's tag tells the truth, or that a user is of one family alone; test/e2e tries real ones.
import assert from "node:assert/strict";
import type Docker from "dockerode";
import { renderFault } from "../../../components/lib/fault.ts";
import { dataFaults, dataOfServer, POSTGRES_VERSION_FILE } from "../../../components/lib/postgres-data.ts";
import { seconds } from "../../../components/lib/duration.ts";
import type { PostgresSettings } from "../../../components/lib/settings.ts";
import { mib } from "../../../components/lib/size.ts";

const DATA = { major: "15", uid: 70, role: "app", database: "app" };
const DIGEST = `sha256:${"16".repeat(32)}`;

function faultsOf(ref: string, user = "70:70", names = { database: "app", role: "app" }): string[] {
  const rest = { ...names, memory: mib(512), cpus: "1.0", stopGrace: seconds(60) };
  const settings: PostgresSettings = { image: { ref }, user, ...rest };
  return dataFaults(settings, DATA).map(renderFault);
}

const REMEDY =
  "go back to the image before, or dump the database, remove the volume with its protection, and restore the dump";
const NAMES = "go back to it, or dump the database, remove the volume with its protection, and restore the dump";
const MAJOR = (ref: string): string =>
  `postgres.image: must be of major version 15, which made the data, got "${ref}"; ${REMEDY}`;
const USER = `postgres.user: must have uid 70, whose image made the data, got "999:70"; ${REMEDY}`;

describe("dataFaults", () => {
  const fitting = [
    "postgres:15-alpine",
    "postgres:15.4",
    "registry.example.org/postgres:15",
    "registry.example.org:5000/postgres:15",
    "10.0.0.2:5000/team/postgres:15-alpine",
    `postgres:15@${DIGEST}`,
    "timescale/timescaledb:2.14.2-pg15",
    "pgvector/pgvector:pg15",
  ];
  for (const ref of fitting)
    it(`finds nothing wrong with the image that made the data: ${ref}`, () =>
      assert.deepStrictEqual(faultsOf(ref), []));

  const silent = [`postgres@${DIGEST}`, "postgres", "registry.example.org:5000/postgres", "postgres:latest"];
  for (const ref of silent)
    it(`asks only for the user where a reference does not tell the major version: ${ref}`, () => {
      assert.deepStrictEqual(faultsOf(ref), []);
      assert.deepStrictEqual(faultsOf(ref, "999:70"), [USER]);
    });

  const others = [
    "postgres:16-alpine",
    "postgres:1",
    "postgres:150",
    "registry.example.org:15/postgres:16",
    `postgres:16@${DIGEST}`,
    "timescale/timescaledb:15.14.2-pg16",
  ];
  for (const ref of others)
    it(`refuses another major version: ${ref}`, () => assert.deepStrictEqual(faultsOf(ref), [MAJOR(ref)]));

  it("refuses another family, which shows in the user", () =>
    assert.deepStrictEqual(faultsOf("postgres:15", "999:70"), [USER]));

  it("does not mind another group", () => assert.deepStrictEqual(faultsOf("postgres:15", "70:999"), []));

  it("refuses other names than the data was made with", () =>
    assert.deepStrictEqual(faultsOf("postgres:15", "70:70", { database: "shop", role: "clerk" }), [
      `postgres.database: must be "app", which the data was made with, got "shop"; ${NAMES}`,
      `postgres.role: must be "app", which the data was made with, got "clerk"; ${NAMES}`,
    ]));

  it("tells both at once", () =>
    assert.deepStrictEqual(faultsOf("postgres:16", "999:70"), [MAJOR("postgres:16"), USER]));
});

describe("POSTGRES_VERSION_FILE", () => {
  it("is where initdb writes it", () =>
    assert.equal(POSTGRES_VERSION_FILE, "/var/lib/postgresql/data/pgdata/PG_VERSION"));
});

describe("dataOfServer", () => {
  const ENV = ["POSTGRES_USER=clerk", "POSTGRES_DB=books", "PG_MAJOR=15"];
  const of = (status: string | undefined, User = "70:70", Env = ENV): object | undefined =>
    dataOfServer({
      State: { ...(status && { Health: { Status: status } }) },
      Config: { User, Env },
    } as unknown as Docker.ContainerInspectInfo);

  it("is what a server that is well was made for", () =>
    assert.deepStrictEqual(of("healthy"), { major: "15", uid: 70, role: "clerk", database: "books" }));

  it("is not known of one that may not be able to run", () =>
    assert.deepStrictEqual(
      ["starting", "unhealthy", undefined].map((status) => of(status)),
      [undefined, undefined, undefined],
    ));

  it("is not known of an image that does not tell its version, or a user without a number", () => {
    assert.equal(of("healthy", "70:70", ENV.slice(0, 2)), undefined);
    assert.equal(of("healthy", "postgres"), undefined);
    assert.equal(of("healthy", ""), undefined);
  });
});
