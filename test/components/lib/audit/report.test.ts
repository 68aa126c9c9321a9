// Does not prove what the services' checks print; test/e2e/drift.e2e.ts runs them.
import assert from "node:assert/strict";
import { asksForRepair, linesOf } from "../../../../components/lib/audit/report.ts";

describe("linesOf", () => {
  it("has a column between any two tabs, and leaves out lines without", () =>
    assert.deepStrictEqual(linesOf("\nnoise\nsetting save\t60 1\tempty\ndisk\t90% full\tat most 85%\tmake room\n"), [
      ["setting save", "60 1", "empty"],
      ["disk", "90% full", "at most 85%", "make room"],
    ]));
});

describe("asksForRepair", () => {
  it("is so for a difference, and not for one that people have to see to", () => {
    assert.equal(asksForRepair(""), false);
    assert.equal(asksForRepair("disk\t90% full\tat most 85%\tmake room\n"), false);
    assert.equal(asksForRepair("disk\t90% full\tat most 85%\tmake room\nsetting save\t60 1\tempty\n"), true);
  });
});
