// Does not prove that these drifts are seen and cured; test/e2e/drift.e2e.ts does.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ROUNDS } from "../e2e/support/drifts/rounds.ts";

describe("the table of docs/drift.md", () => {
  it("has the drifts that the story makes, and no other", () => {
    const page = readFileSync(`${import.meta.dirname}/../../docs/drift.md`, "utf8");
    const rows = [...page.matchAll(/^\| (.+?) +\| (?:refresh|audit|both) /gm)].map(([, name]) => name);
    const drifts = Object.values(ROUNDS).flat();
    assert.deepStrictEqual(rows.sort(), drifts.map(({ name }) => name).sort());
  });
});
