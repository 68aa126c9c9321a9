// Does not prove how the CLI shows these messages, or what a real engine answers; test/e2e does.
import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import * as pulumi from "@pulumi/pulumi";
import * as tar from "tar-stream";
import { NOTHING_SEEN } from "../../components/lib/audit/seen.ts";
import { parseSettings, type Settings } from "../../components/lib/settings.ts";
import { preflight } from "../../components/preflight.ts";
import { LEAST } from "../support/config.ts";
import { type Answers, frame, withEngine } from "../support/fake-engine.ts";

const ID = { project: "onehost", stack: "dev" };
const settingsWith = (changes: Partial<Settings>): Settings => ({
  ...(parseSettings(ID, LEAST, {}).settings as Settings),
  ...changes,
});

const MIB = 2 ** 20;

/** What the audit asks for on a host without containers. */
const NOTHING_ELSE: Answers = [
  [/^GET \/containers\/json$/, () => []],
  [/^GET \/volumes$/, () => ({ Volumes: [] })],
  [/^GET \/networks$/, () => []],
  [/^GET \/info$/, () => ({ MemTotal: 4096 * MIB, NCPU: 4, SystemTime: "2026-01-02T03:04:05.678Z" })],
  [/^GET \/events$/, () => Buffer.alloc(0)],
];

/** An engine with the data of a Postgres of this stack. */
async function engineWithData(major: string, uid: number, role = "app"): Promise<Answers> {
  const pack = tar.pack();
  pack.entry({ name: "PG_VERSION", uid }, `${major}\n`);
  pack.finalize();
  const archive = await buffer(pack);
  const Env = [`POSTGRES_USER=${role}`, "POSTGRES_DB=app"];
  return [
    [/^GET \/containers\/onehost-dev-postgres\/archive$/, () => archive],
    [/^GET \/containers\/onehost-dev-postgres\/json$/, () => ({ Config: { Env } })],
    ...NOTHING_ELSE,
  ];
}

/** What preflight makes of settings on an engine: they themselves, or the message that stops the program. */
async function outcome(settings: Settings): Promise<Settings | string> {
  try {
    return await preflight(settings);
  } catch (error) {
    assert.ok(pulumi.RunError.isInstance(error), String(error));
    return error.message;
  }
}

describe("preflight", () => {
  it("asks nothing where the audit is off", async () => {
    const settings = settingsWith({ audit: false, host: "unix:///nowhere.sock" });
    assert.deepStrictEqual(await outcome(settings), { ...settings, seen: NOTHING_SEEN });
  });

  it("lets settings pass that fit the data", async () => {
    const { passed, requests } = await withEngine(await engineWithData("15", 70), async (host) => ({
      passed: typeof (await outcome(settingsWith({ host }))) === "object",
    }));
    assert.deepStrictEqual([passed, requests.length], [true, 8]);
  });

  it("reads no data of a server that is well: that it runs says enough", async () => {
    const Labels = { "onehost.project": "onehost", "onehost.stack": "dev", "onehost.service": "postgres" };
    const Env = ["POSTGRES_USER=app", "POSTGRES_DB=app", "PG_MAJOR=14"];
    const State = { Status: "running", Running: true, Health: { Status: "healthy" } };
    const info = { Name: "/onehost-dev-postgres", State, Config: { Labels, Env, User: "70:70" }, Mounts: [] };
    const { message, requests } = await withEngine(
      [
        [/^GET \/containers\/json$/, () => [{ Id: "c1", Labels }]],
        [/^GET \/containers\/c1\/json$/, () => info],
        [/^POST \/containers\/c1\/exec$/, () => ({ Id: "e1" })],
        [/^POST \/exec\/e1\/start$/, () => frame("")],
        [/^GET \/exec\/e1\/json$/, () => ({ ExitCode: 0 })],
        ...NOTHING_ELSE,
      ],
      async (host) => ({ message: await outcome(settingsWith({ host })) }),
    );
    assert.match(message as string, /1\. postgres\.image: must be of major version 14, which made the data/);
    assert.doesNotMatch(requests.join("\n"), /archive/);
  });

  it("lets settings pass where there is no data", async () => {
    const { passed } = await withEngine(NOTHING_ELSE, async (host) => ({
      passed: typeof (await outcome(settingsWith({ host }))) === "object",
    }));
    assert.equal(passed, true);
  });

  it("refuses settings that do not fit the data, all faults at once", async () => {
    const { message } = await withEngine(await engineWithData("14", 999, "clerk"), async (host) => ({
      message: await outcome(settingsWith({ host })),
    }));
    const over = "or dump the database, remove the volume with its protection, and restore the dump";
    const remedy = `go back to the image before, ${over}`;
    assert.equal(
      message,
      [
        '3 faults in the settings of stack "dev"; nothing was changed',
        `  1. postgres.image: must be of major version 14, which made the data, got "postgres:15-alpine"; ${remedy}`,
        `  2. postgres.user: must have uid 999, whose image made the data, got "70:70"; ${remedy}`,
        `  3. postgres.role: must be "clerk", which the data was made with, got "app"; go back to it, ${over}`,
      ].join("\n"),
    );
  });

  it("refuses a stack that is too large for its host, with the faults of its data", async () => {
    const tooSmall: Answers[number] = [
      /^GET \/info$/,
      () => ({ MemTotal: 512 * MIB, NCPU: 4, SystemTime: "2026-01-02T03:04:05.678Z" }),
    ];
    const small: Answers = [tooSmall, ...(await engineWithData("14", 70))];
    const { message, at } = await withEngine(small, async (host) => ({
      message: await outcome(settingsWith({ host })),
      at: host,
    }));
    assert.deepStrictEqual(
      (message as string)
        .split("\n")
        .slice(0, 3)
        .map((line) => line.split(", ")[0]),
      [
        '2 faults in the settings of stack "dev"; nothing was changed',
        "  1. postgres.image: must be of major version 14",
        "  2. host: must have the 960MiB that the services may use together",
      ],
    );
    assert.ok((message as string).includes(at));
  });

  it("names the host that does not answer, and why", async () =>
    assert.equal(
      await outcome(settingsWith({ host: "unix:///nowhere/docker.sock" })),
      'host: must be a Docker host that answers (nothing listens there), got "unix:///nowhere/docker.sock"; ' +
        'start Docker ("sudo systemctl start docker"), or correct the address',
    ));
});
