// Does not prove that a description is right: people do.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { knownKeys } from "../../../components/lib/schema.ts";
import { parseSettings } from "../../../components/lib/settings.ts";
import { changed, declarations, FULL, LEAST } from "../../support/config.ts";

const ID = { project: "onehost", stack: "dev" };

describe("Pulumi.yaml", () => {
  const keys = Object.keys(declarations());

  it("declares exactly the keys that the program reads", () => {
    const known = knownKeys([]).flatMap((top) => {
      const inner = knownKeys([top]);
      return inner.length === 0 ? [top] : inner.map((key) => `${top}.${key}`);
    });
    assert.deepStrictEqual([...keys].sort(), known.sort());
  });

  for (const [key, declaration] of Object.entries(declarations()))
    it(`describes ${key} and gives its default`, () => {
      assert.match(declaration.description ?? "", /^[A-Z].{10,}\.( |$)|\.$/);
      assert.notEqual(declaration.default, undefined);
      assert.deepStrictEqual(Object.keys(declaration).sort(), ["default", "description"]);
    });

  /** Another value of a key than its default, in a stack where it counts. */
  function otherValue(key: string): [Record<string, unknown>, unknown] {
    const others: Record<string, unknown> = {
      secrets: { API_KEY: "other", BOT_TOKEN: "other", unused: "other" },
      "app.secrets": [],
      "app.secretsAs": "files",
      "app.build": "./other",
      "bot.secrets": ["API_KEY"],
      "backend.command": ["other"],
    };
    if (key === "pinned") return [LEAST, true];
    if (key === "edge.domain") return [FULL, "other.example.org"];
    if (key in others) return [FULL, others[key]];
    const [group, name] = key.split(".") as [string, string];
    if (name === "image" && group in OWN_IMAGES) return [changed(FULL, `${group}.build`, ""), "other:1"];
    return [FULL, valueAt(LEAST, key)];
  }

  for (const key of keys)
    it(`says nothing in vain with ${key}`, async () => {
      const [stack, value] = otherValue(key);
      const parsed = parseSettings(ID, changed(stack, key, value), {});
      // It only forbids.
      if (key === "pinned") return assert.equal(parsed.faults.length, 1);
      assert.deepStrictEqual(parsed.faults, []);
      assert.notDeepStrictEqual(
        await known(parsed),
        await known(parseSettings(ID, stack, {})),
        "it makes no difference",
      );
    });
});

/** Settings with their secrets in clear. */
function known({ settings }: ReturnType<typeof parseSettings>): Promise<unknown> {
  return new Promise((resolve) => pulumi.output(settings).apply(resolve));
}

/** Services with an image of the team's own, which is found or built. */
const OWN_IMAGES = { app: true, frontend: true, bot: true };

function valueAt(values: Record<string, unknown>, path: string): unknown {
  return path.split(".").reduce<unknown>((group, key) => (group as Record<string, unknown>)[key], values);
}
