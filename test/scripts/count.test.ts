import assert from "node:assert/strict";
import { countOf, sum, summary } from "../../scripts/lib/count.ts";

describe("countOf", () => {
  it("takes the counts that mocha wrote", () => {
    assert.deepEqual(countOf(2, '{"passed":7,"failed":2}'), { passed: 7, failed: 2 });
  });

  it("counts a run that died before it could write as one failure", () => {
    assert.deepEqual(countOf(1, undefined), { passed: 0, failed: 1 });
  });

  it("counts a run that ended badly as a failure although every test passed", () => {
    assert.deepEqual(countOf(1, '{"passed":7,"failed":0}'), { passed: 7, failed: 1 });
  });

  it("counts a check that succeeded as nothing", () =>
    assert.deepEqual(countOf(0, undefined), { passed: 0, failed: 0 }));
});

describe("summary", () => {
  it("is the sum over all runs, in the form that others read", () => {
    assert.equal(
      summary(
        sum([
          { passed: 3, failed: 2 },
          { passed: 4, failed: 1 },
        ]),
      ),
      "7 passed, 3 failed",
    );
    assert.equal(summary(sum([])), "0 passed, 0 failed");
  });
});
