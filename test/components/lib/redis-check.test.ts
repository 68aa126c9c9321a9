// Does not prove that a Redis answers so; test/e2e/drift.e2e.ts asks one. Runs the comparison in awk, as the check does.
import assert from "node:assert/strict";
import { execa } from "execa";
import { redisCheck } from "../../../components/lib/redis-check.ts";

const SETTINGS = "dir\n/data\nsave\n\nmaxmemory\n1024\nmaxclients\n10000\n";
const SOUND = "user default on #aa ~* &* +@all\n";

/** What is reported of a Redis that answers so, declared with 1024 bytes. */
async function reported(answer: string): Promise<string[]> {
  const [, , , compare = "", ...declared] = redisCheck(1024).command;
  const args = ["-v", "host=c1", "-v", `declared=${declared.map((pair) => `${pair};`).join("")}`, compare];
  const { stdout } = await execa("awk", args, { input: answer });
  return stdout === "" ? [] : stdout.split("\n");
}

describe("redisCheck", () => {
  it("says nothing where settings and user are as declared", async () =>
    assert.deepEqual(await reported(SETTINGS + SOUND), []));

  it("says nothing of a Redis without channels, or without users", async () => {
    assert.deepEqual(await reported(`${SETTINGS}user default on #aa ~* +@all\n`), []);
    assert.deepEqual(await reported(`${SETTINGS}ERR unknown command 'acl'\n\n`), []);
  });

  it("names a setting that differs, and empty values", async () =>
    assert.deepEqual(await reported("save\n60 1\ndir\n\nmaxclients\n1\n"), [
      "setting save\t60 1\tempty",
      "setting dir\tempty\t/data",
    ]));

  it("names users that were added", async () =>
    assert.deepEqual(await reported(`${SETTINGS}${SOUND}user eve on nopass ~* &* +@all\n`), [
      "user eve\tpresent\tabsent",
    ]));

  for (const rules of [
    "on #aa ~* resetchannels +@all",
    "on #aa ~cache:* &* +@all",
    "on #aa ~* &* +@all -config",
    "off #aa ~* &* +@all",
  ])
    it(`names a default user that is restricted: ${rules}`, async () =>
      assert.deepEqual(await reported(`${SETTINGS}user default ${rules}\n`), [
        "permissions of the default user\tnot all\tall",
      ]));
});
