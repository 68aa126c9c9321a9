// Does not prove that a fill writes what it lists, or that it is read back; test/e2e/drift.e2e.ts does.
import assert from "node:assert/strict";
import { differences, MANIFEST, manifestOf, type VolumeFile } from "../../../../components/lib/audit/manifest.ts";

const SECRET: VolumeFile = { name: "secret_key", mode: 0o400, uid: 1, gid: 2, content: "s3cret" };
const MANIFEST_FILE: VolumeFile = { ...SECRET, name: MANIFEST, content: manifestOf([SECRET]) };

describe("manifestOf", () => {
  it("shows no content", () => assert.doesNotMatch(MANIFEST_FILE.content, /s3cret/));
});

describe("differences", () => {
  it("are none where the files are as they were written, in any order", () => {
    assert.deepStrictEqual(differences([SECRET, MANIFEST_FILE]), []);
    assert.deepStrictEqual(differences([MANIFEST_FILE, SECRET]), []);
  });

  const cases: [string, VolumeFile[], string[]][] = [
    ["another content", [{ ...SECRET, content: "other" }], ["secret_key edited"]],
    ["another mode", [{ ...SECRET, mode: 0o644 }], ["secret_key has mode 0644, written 0400"]],
    ["another user", [{ ...SECRET, uid: 0 }], ["secret_key belongs to 0:2"]],
    ["another group", [{ ...SECRET, gid: 0 }], ["secret_key belongs to 1:0"]],
    ["a file gone", [], ["secret_key deleted"]],
    ["a file more", [SECRET, { ...SECRET, name: "more" }], ["more added"]],
    [
      "all of it at once, sorted",
      [
        { ...SECRET, content: "other", mode: 0o777, uid: 0 },
        { ...SECRET, name: "a" },
      ],
      ["a added", "secret_key belongs to 0:2", "secret_key edited", "secret_key has mode 0777, written 0400"],
    ],
  ];
  for (const [title, files, expected] of cases)
    it(`name ${title}`, () => assert.deepStrictEqual(differences([...files, MANIFEST_FILE]), expected));

  it("name a manifest that is gone or of no use, since nothing can be said of the files then", () => {
    assert.deepStrictEqual(differences([SECRET]), [".manifest deleted"]);
    assert.deepStrictEqual(differences([SECRET, { ...MANIFEST_FILE, content: "{" }]), [".manifest edited"]);
  });
});
