import assert from "node:assert/strict";
import { mirrorLines } from "../../offline/images/base.ts";
import { contentHashes, images, registryImage } from "../../offline/images/catalogue.ts";

describe("mirrorLines", () => {
  it("takes this machine's Debian mirrors, for the suite of the images, each once", () => {
    const targets = [
      "Debian|http://mirror.example/debian/|trixie|main",
      "Debian|http://mirror.example/debian/|trixie|main",
      "Debian-Security|http://mirror.example/security/|trixie-security|main",
      "Node|https://node.example/|nodistro|main",
    ];
    const signed = "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]";
    assert.deepEqual(mirrorLines(targets.join("\n")), [
      `${signed} http://mirror.example/debian/ bookworm main`,
      `${signed} http://mirror.example/security/ bookworm-security main`,
    ]);
  });

  it("leaves the choice open on a machine without one", () => {
    assert.deepEqual(mirrorLines("Ubuntu|http://mirror.example/ubuntu|noble|main"), []);
  });
});

describe("contentHashes", () => {
  it("gives every image one, the same each time", () => {
    assert.deepEqual(
      [...contentHashes().keys()],
      [...images, registryImage].map(({ tag }) => tag),
    );
    assert.deepEqual(contentHashes(), contentHashes());
  });

  it("changes an image when its parent changes", () => {
    const image = { tag: "child", folder: "redis", parents: { BASE: "base" } };
    const hashOfChild = (folder: string): string | undefined =>
      contentHashes([{ tag: "base", folder, parents: {} }, image]).get("child");
    assert.notEqual(hashOfChild("nginx"), hashOfChild("python"));
  });
});
