// Does not prove that a real engine answers so; test/e2e/drift.e2e.ts asks one.
import assert from "node:assert/strict";
import Docker from "dockerode";
import { tarOf } from "../../../components/engine/archive.ts";
import { observe } from "../../../components/engine/observe.ts";
import { MANIFEST, manifestOf } from "../../../components/lib/audit/manifest.ts";
import type { Seen } from "../../../components/lib/audit/seen.ts";
import { type Answers, type Asked, frame, Trouble, withEngine } from "../../support/fake-engine.ts";

const ID = { project: "onehost", stack: "dev" };
const OURS = { "onehost.project": "onehost", "onehost.stack": "dev", "onehost.service": "redis" };
const QUESTIONS = { checks: { redis: ["check"] }, probes: {} };
const RUNNING = { Status: "running", Running: true, Paused: false, Restarting: false };

const NOBODY: Answers = [
  [/^GET \/containers\/json$/, () => []],
  [/^GET \/volumes$/, () => ({ Volumes: null })],
  [/^GET \/networks$/, () => []],
  [/^GET \/info$/, () => ({ NCPU: 2, MemTotal: 1024, SystemTime: "2026-01-02T03:04:05.678Z" })],
  [/^GET \/events$/, () => Buffer.alloc(0)],
];

/** An engine with one container of ours, `c1`, in a state. */
function engineWith(state: object, more: Answers = []): Answers {
  const info = { Name: "/redis", State: state, Config: { Labels: OURS }, Mounts: [], RestartCount: 0 };
  return [
    ...more,
    [/^GET \/containers\/json$/, () => [{ Id: "c1", Labels: OURS }]],
    [/^GET \/containers\/c1\/json$/, () => info],
    [/^GET .*\/logs$/, () => frame("starting\nError: no data\nbye\n")],
    [/^POST \/containers\/c1\/exec$/, () => ({ Id: "e1" })],
    [/^POST \/exec\/e1\/start$/, () => frame("setting save\t60 1\tempty\n")],
    [/^GET \/exec\/e1\/json$/, () => ({ ExitCode: 0 })],
    ...NOBODY,
  ];
}

/** An archive of secrets, with the manifest of a key `s3cret`. */
function secretsWith(content: string): Promise<Buffer> {
  const file = { name: "key", mode: 0o400, uid: 1, gid: 1, content: "s3cret" };
  return tarOf({ uid: 1, gid: 1 }, "/run/secrets", [
    { path: "/run/secrets/key", mode: 0o400, content },
    { path: `/run/secrets/${MANIFEST}`, mode: 0o400, content: manifestOf([file]) },
  ]);
}

function look(answers: Answers): Promise<{ seen: Seen } & Asked> {
  return withEngine(answers, async (endpoint) => {
    const engine = new Docker({ socketPath: endpoint.replace("unix://", "") });
    return { seen: await observe(engine, ID, QUESTIONS) };
  });
}

describe("observe", () => {
  it("changes nothing, and sees nothing on an empty host", async () => {
    const { seen, requests } = await look(NOBODY);
    const { at, ...rest } = seen;
    assert.ok(Math.abs(Date.now() - at.getTime()) < 5000);
    assert.deepStrictEqual(rest, {
      containers: [],
      strangers: [],
      volumes: [],
      networks: [],
      capacity: { memory: { bytes: 1024 }, cpus: 2 },
    });
    assert.deepStrictEqual(
      requests.filter((request) => !request.startsWith("GET ")),
      [],
    );
  });

  it("tells ours from others, also from those without any labels", async () => {
    const { seen } = await look([
      [
        /^GET \/containers\/json$/,
        () => [
          { Id: "x1", Labels: { ...OURS, "onehost.stack": "prod" } },
          { Id: "x2", Labels: null },
        ],
      ],
      [
        /^GET \/networks$/,
        () => [
          { Id: "1", Name: "a", Labels: OURS },
          { Id: "2", Name: "b", Labels: null },
          { Id: "3", Name: "c" },
        ],
      ],
      [/^GET \/volumes$/, () => ({ Volumes: [{ Name: "v" }] })],
      ...NOBODY,
    ]);
    assert.deepStrictEqual(
      seen.strangers.map(({ Id }) => Id),
      ["x1", "x2"],
    );
    assert.deepStrictEqual([seen.containers, seen.volumes], [[], ["v"]]);
    assert.deepStrictEqual(seen.networks, [
      { id: "1", name: "a", isLabelled: true },
      { id: "2", name: "b", isLabelled: false },
      { id: "3", name: "c", isLabelled: false },
    ]);
  });

  it("runs the service's own check, and reads no log where all is well", async () => {
    const { seen, requests } = await look(engineWith(RUNNING));
    const [container] = seen.containers;
    assert.equal(container?.report, "setting save\t60 1\tempty\n");
    assert.equal(container.lastWords, "");
    assert.ok(requests.includes('POST /containers/c1/exec {"Cmd":["check"],"AttachStdout":true,"AttachStderr":true}'));
    assert.doesNotMatch(requests.join("\n"), /logs/);
  });

  for (const [title, state] of Object.entries({
    paused: { ...RUNNING, Paused: true },
    "between two starts": { ...RUNNING, Restarting: true },
    ended: { ...RUNNING, Status: "exited", Running: false },
  }))
    it(`asks nothing inside a container that is ${title}`, async () => {
      const { seen, requests } = await look(engineWith(state, [[/^GET \/events$/, () => Buffer.alloc(0)]]));
      assert.equal(seen.containers[0]?.report, "");
      assert.doesNotMatch(requests.join("\n"), /exec/);
    });

  it("hears the last words of a container that has ended", async () => {
    const { seen } = await look(engineWith({ ...RUNNING, Running: false }));
    assert.equal(seen.containers[0]?.lastWords, "Error: no data");
  });

  it("asks, by the engine's own clock, who ran out of memory since it started", async () => {
    const starved = async (StartedAt: string, ID = "c1"): Promise<[boolean | undefined, string[]]> => {
      const oom = Buffer.from(JSON.stringify({ Action: "oom", Actor: { ID }, time: 1767323000 }));
      const answers = engineWith({ ...RUNNING, StartedAt }, [[/^GET \/events$/, () => oom]]);
      const { seen, queries } = await look(answers);
      return [seen.containers[0]?.isStarved, queries.filter((query) => query.startsWith("GET /events"))];
    };
    const [before, after] = ["2026-01-02T03:03:00Z", "2026-01-02T03:03:30Z"];
    assert.deepStrictEqual(await starved(before), [
      true,
      ['GET /events since=1767322445 until=1767323045.678 filters={"event":["oom"]}'],
    ]);
    assert.equal((await starved(after))[0], false);
    assert.equal((await starved(before, "c2"))[0], false);
  });

  it("asks how a container ended that Docker starts again", async () => {
    const event = (Action: string, exitCode = "0") => JSON.stringify({ Action, Actor: { Attributes: { exitCode } } });
    const ending = async (...events: string[]): Promise<unknown> => {
      const state = { ...RUNNING, Restarting: true };
      const { seen } = await look(engineWith(state, [[/^GET \/events$/, () => Buffer.from(events.join("\n"))]]));
      return seen.containers[0]?.ending;
    };
    assert.equal(await ending(), undefined);
    assert.deepStrictEqual(await ending(event("oom"), event("die", "137")), { exitCode: 137, outOfMemory: true });
    assert.deepStrictEqual(await ending(event("oom"), event("die", "137"), event("die", "1")), {
      exitCode: 1,
      outOfMemory: false,
    });
  });

  it("leaves out a container that goes while it is looked at, and fails for any other trouble", async () => {
    const gone = (status: number): Answers =>
      engineWith(RUNNING, [[/^GET \/containers\/c1\/json$/, () => new Trouble(status, "no such container")]]);
    assert.deepStrictEqual((await look(gone(404))).seen.containers, []);
    await assert.rejects(look(gone(500)), /no such container/);
  });

  it("takes a check that cannot be run for one that has nothing to report", async () => {
    const unable: Answers = [[/^GET \/exec\/e1\/json$/, () => ({ ExitCode: 127 })]];
    assert.equal((await look(engineWith(RUNNING, unable))).seen.containers[0]?.report, "");
    const ends: Answers = [[/^POST \/containers\/c1\/exec$/, () => new Trouble(409, "is not running")]];
    assert.equal((await look(engineWith(RUNNING, ends))).seen.containers[0]?.report, "");
  });

  describe("with secrets, and a check that looks inside", () => {
    const ALONE = [{ Destination: "/run/secrets", Name: "v1" }];

    /** What is found where the files are these, the check prints so, and the engine's own archive holds those. */
    async function found(printed: string, archived: Buffer): Promise<[string, readonly string[], number]> {
      const info = { Name: "/redis", State: RUNNING, Config: { Labels: OURS }, Mounts: ALONE, RestartCount: 0 };
      const { seen, requests } = await look([
        [/^GET \/containers\/c1\/json$/, () => info],
        [/^GET .*\/archive$/, () => archived],
        [/^POST \/exec\/e1\/start$/, () => frame(printed)],
        ...engineWith(RUNNING),
      ]);
      const archives = requests.filter((request) => request.endsWith("/archive")).length;
      const [{ report, secrets } = { report: "nobody", secrets: [] }] = seen.containers;
      return [report, secrets, archives];
    }

    /** As `tar | base64` prints it, an empty line behind it. */
    const printed = (archive: Buffer): string =>
      `${(archive.toString("base64").match(/.{1,76}/g) ?? []).join("\n")}\n\n`;

    it("takes them as the check prints them, where they are as they were written", async () => {
      const intact = await secretsWith("s3cret");
      assert.deepStrictEqual(await found(`${printed(intact)}setting save\tx\ty\n`, intact), [
        "setting save\tx\ty\n",
        [],
        0,
      ]);
      assert.deepStrictEqual(await found(printed(intact), intact), ["", [], 0]);
    });

    it("asks the engine where the check prints others, a torn archive, or none", async () => {
      const [intact, edited] = [await secretsWith("s3cret"), await secretsWith("other")];
      assert.deepStrictEqual(await found(`${printed(edited)}a\tb\tc\n`, edited), ["a\tb\tc\n", ["key edited"], 1]);
      assert.deepStrictEqual(await found(printed(intact.subarray(0, 700)), intact), ["", [], 1]);
      assert.deepStrictEqual(await found("\na\tb\tc\n", edited), ["a\tb\tc\n", ["key edited"], 1]);
    });
  });

  it("reads the secret files of a volume once, however many containers mount it", async () => {
    const archive = await secretsWith("other");
    const info = { Name: "/a", State: RUNNING, Config: { Labels: {} }, RestartCount: 0 };
    const Mounts = [{ Destination: "/run/secrets", Name: "v1" }];
    const { seen, requests } = await look([
      [/^GET \/containers\/json$/, () => ["c1", "c2"].map((Id) => ({ Id, Labels: OURS }))],
      [/^GET \/containers\/c\d\/json$/, () => ({ ...info, Mounts })],
      [/^GET .*\/archive$/, () => archive],
      ...NOBODY,
    ]);
    assert.deepStrictEqual(
      seen.containers.map(({ secrets }) => secrets),
      [["key edited"], ["key edited"]],
    );
    assert.equal(requests.filter((request) => request.endsWith("/archive")).length, 1);
  });
});
