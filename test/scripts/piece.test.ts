import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheFolder, root } from "../../scripts/lib/folders.ts";
import { type Candidate, firstFound, mayDownload, onPath, rememberRefusal } from "../../scripts/lib/piece.ts";
import { searchPath } from "../../scripts/lib/toolchain.ts";

const there = { file: "/x/tool", version: "1" };

describe("firstFound", () => {
  it("takes the first candidate that has the piece and asks no later one", async () => {
    const asked: string[] = [];
    const candidate = (source: Candidate["source"], found?: typeof there): Candidate => ({
      source,
      find: () => {
        asked.push(source);
        return found;
      },
    });
    const candidates = [candidate("PATH"), candidate("official plugin", there), candidate("offline stand-in", there)];
    const piece = await firstFound("tool", candidates, "install it");
    assert.deepEqual(piece, { name: "tool", source: "official plugin", ...there });
    assert.deepEqual(asked, ["PATH", "official plugin"]);
  });

  it("says what to do when none has it", async () => {
    const nowhere = firstFound("tool", [{ source: "PATH", find: () => undefined }], "install it");
    await assert.rejects(nowhere, { message: "tool is not to be had here; install it" });
  });
});

describe("onPath", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "onehost-test-"));
    for (const sub of ["a", "b"]) mkdirSync(join(folder, sub));
    writeFileSync(join(folder, "a/tool"), "");
    writeFileSync(join(folder, "b/tool"), "");
    chmodSync(join(folder, "b/tool"), 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("finds the first file that can be executed", () => {
    assert.equal(onPath("tool", `${folder}/a:${folder}/b`), join(folder, "b/tool"));
  });

  it("does not take a stand-in, which an outer run put on PATH, for the user's own", () => {
    assert.equal(onPath("pulumi-resource-docker", join(root, "offline/bin")), undefined);
    assert.equal(onPath("pulumi", join(cacheFolder(), "pulumi/1/built")), undefined);
  });
});

describe("searchPath", () => {
  const cli = { name: "pulumi", source: "PATH", file: "/usr/bin/pulumi", version: "1" } as const;
  const official = {
    name: "pulumi-resource-docker",
    source: "official plugin",
    file: "/p/docker/x",
    version: "1",
  } as const;
  const standIn = {
    name: "pulumi-resource-random",
    source: "offline stand-in",
    file: "/o/bin/y",
    version: "1",
  } as const;

  it("adds nothing for a user's CLI with its official plugins", () => {
    assert.deepEqual(searchPath([cli, official], "/bin:/usr/bin"), { PATH: "/bin:/usr/bin" });
  });

  it("adds the folder of a CLI that is not on PATH", () => {
    assert.deepEqual(searchPath([{ ...cli, file: "/c/pulumi" }, official], "/bin"), { PATH: "/bin:/c" });
  });

  it("puts a stand-in last, after the installed plugins that it would hide", () => {
    assert.deepEqual(searchPath([cli, standIn, official], "/usr/bin"), { PATH: "/usr/bin:/p/docker:/o/bin" });
  });
});

describe("mayDownload", () => {
  const before = process.env.XDG_CACHE_HOME;
  beforeEach(() => (process.env.XDG_CACHE_HOME = mkdtempSync(join(tmpdir(), "onehost-test-"))));
  afterEach(() => {
    rmSync(process.env.XDG_CACHE_HOME ?? "", { recursive: true });
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
  });

  it("says no once the download was refused, for that download alone", () => {
    assert.equal(mayDownload("cli", {}), true);
    rememberRefusal("cli", new Error("no such host"));
    assert.equal(mayDownload("cli", {}), false);
    assert.equal(mayDownload("plugins", {}), true);
  });

  it("says no with ONEHOST_OFFLINE=1", () => {
    assert.equal(mayDownload("cli", { ONEHOST_OFFLINE: "1" }), false);
  });
});
