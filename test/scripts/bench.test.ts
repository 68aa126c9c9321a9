import assert from "node:assert/strict";
import { difference, median, ratio, type Sample, slope } from "../bench/statistics.ts";

describe("bench statistics", () => {
  const runs = (...walls: number[]): Sample[] => walls.map((wall) => ({ wall, cpu: 1 }));
  const samples = { empty: runs(1, 2, 10), plain: runs(2, 6, 20), short: runs(5) };

  it("takes the middle of some numbers, and the mean of the two in the middle of an even count", () => {
    assert.equal(median([9, 1, 2]), 2);
    assert.equal(median([1, 2, 4, 9]), 3);
  });

  it("compares cases within a round, not the medians of their rounds", () => {
    assert.equal(ratio(samples, "plain", "empty", "wall"), 2);
    assert.equal(difference(samples, "plain", "empty", "wall"), 4);
  });

  it("leaves out rounds that one of two cases has not", () => {
    assert.equal(ratio(samples, "plain", "short", "wall"), 0.4);
  });

  it("fits a line", () => {
    assert.equal(
      slope([
        [7, 1],
        [14, 1.7],
        [28, 3.1],
      ]).toFixed(3),
      "0.100",
    );
  });
});
