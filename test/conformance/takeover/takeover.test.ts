// A stack made with one set of plugins is taken over by the other with a silent preview.
// It does not prove that a failed or half-done operation of one can be finished by the other.
import { existsSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { cleanUp, docker, makeImages } from "../host.ts";
import { Stack } from "./stack.ts";

const ours = resolve(import.meta.dirname, "../../../offline/bin");

/** The folder on PATH with official plugins, if there is one. */
function officialFolder(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => resolve(folder) !== ours);
  return folders.find((folder) => existsSync(join(folder, "pulumi-resource-docker")));
}

const onPath = (file: string) =>
  (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, file)));

describe("takeover", function () {
  this.timeout(120_000);
  const silent = ["preview", "--diff", "--expect-no-changes"];
  let stack: Stack;

  before(async function () {
    if (!onPath("pulumi")) {
      this.test!.title = "skipped: there is no pulumi on PATH";
      this.skip();
    }
    await makeImages("conformance/base");
  });
  beforeEach(async () => {
    stack = await Stack.create();
  });
  afterEach(() => stack.remove());
  after(async () => {
    await cleanUp("conf-takeover");
    for (const tag of ["1", "2"])
      await docker
        .getImage(`conformance/base:${tag}`)
        .remove({ force: true })
        .catch(() => {});
  });

  it("stand-ins take over a stack that official plugins made: the recorded one", async () => {
    await stack.pulumi(ours, "stack", "import", "--file", join(import.meta.dirname, "official-state.json"));
    await stack.pulumi(ours, ...silent);
  });

  for (const [maker, heir] of [
    ["stand-ins", "official plugins"],
    ["official plugins", "stand-ins"],
  ] as const) {
    it(`${heir} take over a stack that ${maker} made`, async function () {
      const official = officialFolder();
      if (!official) {
        this.test!.title += " (skipped: no official plugins on PATH)";
        return this.skip();
      }
      const [first, second] = maker === "stand-ins" ? [ours, official] : [official, ours];
      try {
        await stack.pulumi(first, "up", "--yes", "--skip-preview");
        await stack.pulumi(second, ...silent);
        await stack.pulumi(second, ...silent, "--refresh");
        await stack.pulumi(second, "refresh", "--yes", "--skip-preview");
        await stack.pulumi(first, ...silent, "--refresh");
      } finally {
        await stack.pulumi(second, "destroy", "--yes", "--skip-preview");
      }
    });
  }
});
