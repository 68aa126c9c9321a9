// Does not prove that the engine unpacks an archive as it is meant; test/e2e reads the files back.
import assert from "node:assert/strict";
import { buffer, text } from "node:stream/consumers";
import { Readable } from "node:stream";
import * as tar from "tar-stream";
import { handedOver, parseOwner, tarOf } from "../../../components/engine/archive.ts";

/** What is in an archive, with all that an engine goes by. */
async function contentsOf(archive: Buffer): Promise<object[]> {
  const extract = tar.extract();
  Readable.from([archive]).pipe(extract);
  const entries: object[] = [];
  for await (const entry of extract) {
    const { name, type, mode, uid, gid } = entry.header;
    entries.push({ name, type, mode, uid, gid, content: (await buffer(entry)).toString() });
  }
  return entries;
}

describe("tarOf", () => {
  it("packs directories and files of one owner, relative to where they are unpacked", async () => {
    const archive = await tarOf({ uid: 70, gid: 71 }, "/", [
      { path: "/run/secrets", mode: 0o500 },
      { path: "/run/secrets/password", mode: 0o400, content: "pässword\n" },
      { path: "/run/secrets/empty", mode: 0o400, content: "" },
    ]);
    const owner = { uid: 70, gid: 71 };
    assert.deepStrictEqual(await contentsOf(archive), [
      { name: "run/secrets", type: "directory", mode: 0o500, ...owner, content: "" },
      { name: "run/secrets/password", type: "file", mode: 0o400, ...owner, content: "pässword\n" },
      { name: "run/secrets/empty", type: "file", mode: 0o400, ...owner, content: "" },
    ]);
  });

  it("leaves the base out of the names", async () => {
    const archive = await tarOf({ uid: 1, gid: 1 }, "/config", [{ path: "/config/up/a", mode: 0o600, content: "x" }]);
    const expected = { name: "up/a", type: "file", mode: 0o600, uid: 1, gid: 1, content: "x" };
    assert.deepStrictEqual(await contentsOf(archive), [expected]);
  });

  it("packs nothing into an archive that is valid all the same", async () =>
    assert.deepStrictEqual(await contentsOf(await tarOf({ uid: 1, gid: 1 }, "/", [])), []));
});

describe("parseOwner", () => {
  it("reads uid and gid", () => assert.deepStrictEqual(parseOwner("999:1000"), { uid: 999, gid: 1000 }));

  for (const user of ["postgres:postgres", "70", "postgres", "70:x", "70:", ""])
    it(`refuses ${user}`, () =>
      assert.throws(() => parseOwner(user), new Error(`user ${user}: must be uid:gid in numbers`)));
});

describe("handedOver", () => {
  const OLD = { uid: 1, gid: 2 };
  const NEW = { uid: 3, gid: 4 };
  const packed = (owner: { uid: number; gid: number }): NodeJS.ReadableStream => {
    const pack = tar.pack();
    pack.entry({ name: "./", type: "directory", mode: 0o700, ...owner });
    pack.entry({ name: "./key", mode: 0o600, uname: "old", ...owner }, "1234");
    pack.entry({ name: "./link", type: "symlink", linkname: "key", ...owner });
    pack.finalize();
    return pack as unknown as NodeJS.ReadableStream;
  };

  it("gives everything to the owner, and changes nothing else", async () => {
    const found: unknown[] = [];
    const archive = await handedOver(packed(OLD), NEW, 4);
    for await (const entry of Readable.from([archive]).pipe(tar.extract())) {
      const { name, type, mode, uid, gid, uname, linkname } = entry.header;
      found.push([name, type, mode, uid, gid, uname, linkname, await text(entry)]);
    }
    assert.deepStrictEqual(found, [
      ["./", "directory", 0o700, 3, 4, "", null, ""],
      ["./key", "file", 0o600, 3, 4, "", null, "1234"],
      ["./link", "symlink", 0o644, 3, 4, "", "key", ""],
    ]);
  });

  it("has nothing to give where all is theirs", async () =>
    assert.equal(await handedOver(packed(NEW), NEW, 4), undefined));

  it("leaves what is more than it may take", async () =>
    assert.equal(await handedOver(packed(OLD), NEW, 3), undefined));
});
