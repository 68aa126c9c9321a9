// Does not prove that a description is right: people do.
import assert from "node:assert/strict";
import { parseSettings } from "../../../components/lib/settings.ts";
import { changed, declarations, stackFile, withDefaults } from "../../support/config.ts";

const ID = { project: "onehost", stack: "dev" };
const BASE = withDefaults({ backend: { build: "./backend" } });
const FULL = withDefaults(stackFile("test/support/Pulumi.full.yaml"));

describe("Pulumi.yaml", () => {
  const keys = Object.keys(declarations());

  /** Keys that the schema knows, as it tells them to somebody who gets one wrong. */
  function knownKeys(group: string): string[] {
    const remedy = parseSettings(ID, changed(BASE, `${group}certainly-not-a-key`, 1), {}).faults[0]?.remedy;
    return remedy?.replace("known here: ", "").split(", ") ?? [];
  }

  it("declares exactly the keys that the program reads", () => {
    const groups = ["postgres", "redis", "backend", "edge"];
    const top = knownKeys("").filter((key) => !groups.includes(key));
    const known = groups.flatMap((group) => knownKeys(`${group}.`).map((key) => `${group}.${key}`));
    assert.deepStrictEqual([...keys].sort(), [...top, ...known].sort());
  });

  for (const [key, declaration] of Object.entries(declarations()))
    it(`describes ${key} and gives its default`, () => {
      assert.match(declaration.description ?? "", /^[A-Z].{10,}\.( |$)|\.$/);
      assert.notEqual(declaration.default, undefined);
      assert.deepStrictEqual(Object.keys(declaration).sort(), ["default", "description"]);
    });

  /** Another value of a key than its default, in a stack where it counts. */
  function otherValue(key: string): [Record<string, unknown>, unknown] {
    const others: Record<string, unknown> = { secrets: {}, "backend.secrets": [], "backend.secretsAs": "files" };
    if (key in others) return [FULL, others[key]];
    if (key === "backend.image") return [BASE, "app:1"];
    return [BASE, key.split(".").reduce<unknown>((group, part) => (group as Record<string, unknown>)[part], FULL)];
  }

  for (const key of keys)
    it(`says nothing in vain with ${key}`, () => {
      const [stack, value] = otherValue(key);
      const parsed = parseSettings(ID, changed(stack, key, value), {});
      assert.notDeepStrictEqual(parsed, parseSettings(ID, stack, {}), "it makes no difference");
    });
});
