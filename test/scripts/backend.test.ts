import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { backendFolder, chosenBackend, repairBackend } from "../../scripts/lib/backend.ts";

describe("chosenBackend", () => {
  const home = mkdtempSync(join(tmpdir(), "onehost-test-"));
  after(() => rmSync(home, { recursive: true }));

  it("takes the environment's word before the login's", () => {
    writeFileSync(join(home, "credentials.json"), '{"current":"https://api.pulumi.com"}');
    assert.equal(chosenBackend({ PULUMI_BACKEND_URL: "file:///x", PULUMI_HOME: home }), "file:///x");
    assert.equal(chosenBackend({ PULUMI_HOME: home }), "https://api.pulumi.com");
  });

  it("knows none where nobody is logged in", () => {
    assert.equal(chosenBackend({ PULUMI_HOME: "/nonexistent" }), undefined);
    writeFileSync(join(home, "credentials.json"), '{"current":""}');
    assert.equal(chosenBackend({ PULUMI_HOME: home }), undefined);
  });
});

describe("backendFolder", () => {
  for (const [url, folder] of [
    ["file:///var/state", "/var/state"],
    ["file://~", homedir()],
    ["file://~/state", join(homedir(), "state")],
    ["file:///var/state?metadata=skip", "/var/state"],
    ["https://api.pulumi.com", undefined],
    [undefined, undefined],
  ] as const)
    it(`of ${url} is ${folder}`, () => assert.equal(backendFolder(url), folder));
});

describe("repairBackend", () => {
  const id = { project: "shop", stack: "dev" };
  let folder: string;
  const write = (path: string, text: string): void => {
    const file = join(folder, ".pulumi", path);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, text);
  };
  const files = (path: string): string[] => readdirSync(join(folder, ".pulumi", path)).sort();

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "onehost-test-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it("removes what a killed CLI has half written beside the stack, and nothing else", () => {
    for (const file of ["dev.json", "dev.json.bak", "prod.json", "prod.json.attrs", "prod.json.18abc.tmp"])
      write(`stacks/shop/${file}`, "");
    write("stacks/shop/dev.json.attrs", "");
    write("stacks/shop/dev.json.bak.attrs", "{}");
    write("stacks/shop/dev.json.18abc.tmp", "{");
    write("locks/organization/shop/dev/1.json.attrs", '{"user');
    repairBackend(id, `file://${folder}`);
    const left = [
      "dev.json",
      "dev.json.bak",
      "dev.json.bak.attrs",
      "prod.json",
      "prod.json.18abc.tmp",
      "prod.json.attrs",
    ];
    assert.deepEqual(files("stacks/shop"), left);
    assert.deepEqual(files("locks/organization/shop/dev"), []);
  });

  it("has nothing to do where there is no stack, and nothing where the backend is no folder", () => {
    repairBackend(id, `file://${folder}`);
    repairBackend(id, "https://api.pulumi.com");
    assert.ok(existsSync(folder));
  });
});
