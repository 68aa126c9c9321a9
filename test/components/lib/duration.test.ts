// Does not prove that the provider reads these spellings back unchanged; test/conformance and the silent second preview do.
import assert from "node:assert/strict";
import fc from "fast-check";
import { goDuration, parseDuration, seconds, wholeSeconds } from "../../../components/lib/duration.ts";
import { Invalid } from "../../../components/lib/fault.ts";

const FAULT = new Invalid("must be a duration with a unit", 'write h, m, s or ms, for example "30s"');

/** Go's time.Duration.String, digit by digit as its source does it, for whole milliseconds. */
function goString(milliseconds: number): string {
  if (milliseconds === 0) return "0s";
  if (milliseconds < 1000) return `${milliseconds}ms`;
  const fraction = String(milliseconds % 1000)
    .padStart(3, "0")
    .replace(/0+$/, "");
  let rest = Math.floor(milliseconds / 1000);
  let text = `${rest % 60}${fraction && "."}${fraction}s`;
  rest = Math.floor(rest / 60);
  if (rest === 0) return text;
  text = `${rest % 60}m${text}`;
  rest = Math.floor(rest / 60);
  return rest === 0 ? text : `${rest}h${text}`;
}

describe("parseDuration", () => {
  const durations: [string, number][] = [
    ["0s", 0],
    ["500ms", 500],
    ["5ms", 5],
    ["30s", 30_000],
    ["90s", 90_000],
    ["5m", 300_000],
    ["1m30s", 90_000],
    ["1s500ms", 1500],
    ["1m1ms", 60_001],
    ["2h", 7_200_000],
    ["1h2m3s4ms", 3_723_004],
  ];
  for (const [text, milliseconds] of durations)
    it(`reads "${text}" as ${milliseconds} ms`, () => assert.deepStrictEqual(parseDuration(text), { milliseconds }));

  const refused = ["30", 30, "1.5s", "-1s", "s", "30 s", "30sec", "30s1m", "1d", "", null, undefined, ["30s"]];
  for (const value of refused)
    it(`refuses ${JSON.stringify(value)}`, () => assert.throws(() => parseDuration(value), FAULT));

  it("reads back what goDuration writes, for every duration of whole seconds", () => {
    const durations = fc.nat({ max: 1_000_000 }).map(seconds);
    fc.assert(fc.property(durations, (span) => assert.deepStrictEqual(parseDuration(goDuration(span)), span)));
  });
});

describe("goDuration", () => {
  const spellings: [number, string][] = [
    [0, "0s"],
    [1, "1ms"],
    [999, "999ms"],
    [1000, "1s"],
    [1500, "1.5s"],
    [30_000, "30s"],
    [60_000, "1m0s"],
    [90_000, "1m30s"],
    [300_000, "5m0s"],
    [3_600_000, "1h0m0s"],
    [3_661_001, "1h1m1.001s"],
  ];
  for (const [milliseconds, text] of spellings)
    it(`writes ${milliseconds} ms as "${text}"`, () => assert.equal(goDuration({ milliseconds }), text));

  it("writes every duration as Go does", () => {
    fc.assert(
      fc.property(fc.nat({ max: 400_000_000 }), (ms) => assert.equal(goDuration({ milliseconds: ms }), goString(ms))),
    );
  });
});

describe("wholeSeconds", () => {
  it("keeps whole seconds", () => assert.equal(wholeSeconds(seconds(60)), 60));
  it("rounds up, because a grace of 0 is a kill", () => assert.equal(wholeSeconds({ milliseconds: 1 }), 1));
  it("is 0 for no time at all", () => assert.equal(wholeSeconds({ milliseconds: 0 }), 0));
});
