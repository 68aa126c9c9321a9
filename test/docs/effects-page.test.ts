// Does not prove that the effects are true: the story test/e2e/edits.e2e.ts holds them to real previews.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { effectsPage, type SeenEffect, type SeenEffects } from "../../scripts/lib/effects-page.ts";
import type { World } from "../e2e/support/edits/edit.ts";
import { edits } from "../e2e/support/edits/index.ts";
import { machine } from "../e2e/support/edits/world.ts";
import { declarations } from "../support/config.ts";

const KEYS = Object.keys(declarations());
const EFFECTS = JSON.parse(readFileSync(`${import.meta.dirname}/../golden/effects.json`, "utf8")) as SeenEffects;

/** The row of a setting with this effect. */
function rowOf(effect: SeenEffect): string {
  const page = effectsPage({ "edge.x": { description: "", default: "" } }, { "edge.x": effect });
  return page.trimEnd().split("\n").at(-1) as string;
}

const missing = (from: object): string[] => KEYS.filter((key) => !(key in from));
const unknown = (from: object): string[] => Object.keys(from).filter((key) => !KEYS.includes(key));

describe("every setting", () => {
  const world = { ...machine("offline"), contexts: "", otherHost: "", port: {} } as unknown as World;

  it("has an edit that the story test/e2e/edits.e2e.ts makes and reads back: a row in test/e2e/support/edits", () => {
    const table = edits(world);
    assert.deepStrictEqual({ missing: missing(table), unknown: unknown(table) }, { missing: [], unknown: [] });
  });

  it("has the effect that this story saw: UPDATE_GOLDEN=1 npx mocha test/e2e/edits.e2e.ts", () =>
    assert.deepStrictEqual({ missing: missing(EFFECTS), unknown: unknown(EFFECTS) }, { missing: [], unknown: [] }));

  it("is refused with the same words by its effect as by its edit", () => {
    const refusedBy = (table: Readonly<Record<string, object>>): Record<string, unknown> =>
      Object.fromEntries(Object.entries(table).flatMap(([key, row]) => ("refused" in row ? [[key, row.refused]] : [])));
    assert.deepStrictEqual(refusedBy(EFFECTS), refusedBy(edits(world)));
  });
});

describe("effectsPage", () => {
  const rows: [string, SeenEffect, string][] = [
    ["nothing", {}, "nothing | no"],
    [
      "a rolling service, whose gate and switch go without saying",
      { replace: ["Command backend-0-gate", "Container backend-0", "Container backend-1"], update: ["Command switch"] },
      "rolls `backend` | no",
    ],
    [
      "a recreated service, and that its routes are written again",
      { replace: ["Container edge"], update: ["Command switch"] },
      "recreates `edge`; switches | a gap of `edge`",
    ],
    ["a container that goes on", { update: ["Container beat"] }, "in place `beat` | no"],
    [
      "a gate that is asked again",
      { update: ["Command worker-0-gate", "Command bot-gate"] },
      "asks `bot`, `worker` | no",
    ],
    [
      "jobs that run again",
      { update: ["Command worker-proof", "Command migrations"] },
      "runs `migrations`, `worker-proof` | no",
    ],
    [
      "containers that come and go",
      { create: ["Container backend-1", "Command backend-1-gate"], delete: ["Container worker-1"] },
      "adds `backend`; removes `worker` | no",
    ],
    ["the switch alone", { update: ["Command switch"] }, "switches | no"],
    ["a refusal", { refused: "text" }, "refused at preview while there is data | nothing changes"],
  ];
  for (const [what, effect, text] of rows)
    it(`says ${what}`, () => assert.equal(rowOf(effect), `| \`edge.x\` | ${text} |`));

  it("names a setting whose effect nobody saw", () =>
    assert.throws(
      () => effectsPage({ "edge.x": { description: "", default: "" } }, {}),
      new Error("setting edge.x: has no effect in test/golden/effects.json"),
    ));
});
