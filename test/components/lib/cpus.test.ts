// Does not prove that the provider is as its source says; test/conformance and the silent second preview do.
import assert from "node:assert/strict";
import fc from "fast-check";
import { parseCpus } from "../../../components/lib/cpus.ts";
import { Invalid } from "../../../components/lib/fault.ts";

const FAULT = new Invalid(
  "must be a number of CPUs, at least 0.1",
  'write it with at most two decimals, for example "0.5"',
);

/** The provider's nanoInt64ToDecimalString, in whole numbers: `rat.FloatString(9)`, its counting of zeros, and all. */
function providerReadsBack(nano: bigint): string {
  if (nano === 0n) return "0";
  const text = `${nano / 1_000_000_000n}.${String(nano % 1_000_000_000n).padStart(9, "0")}`;
  if (text.split("0").length - 1 === 9) {
    const tenths = (nano + 50_000_000n) / 100_000_000n;
    return `${tenths / 10n}.${tenths % 10n}`;
  }
  return text.replace(/0+$/, "");
}

/** What the provider makes of an input: nano CPUs, exactly. */
function nanoCpus(text: string): bigint {
  const [whole = "", fraction = ""] = text.split(".");
  return BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, "0"));
}

/** What a parser complains of. */
function caught(parse: () => unknown): Invalid {
  try {
    parse();
  } catch (error) {
    if (error instanceof Invalid) return error;
  }
  throw new Error("nothing was refused");
}

describe("parseCpus", () => {
  const spellings: [unknown, string][] = [
    ["0.1", "0.1"],
    ["0.5", "0.5"],
    [".5", "0.5"],
    ["0.50", "0.5"],
    ["0.25", "0.25"],
    [0.25, "0.25"],
    ["1", "1.0"],
    [1, "1.0"],
    ["1.0", "1.0"],
    ["1.50", "1.5"],
    ["1.05", "1.05"],
    ["2", "2.0"],
    [10, "10."],
    [16.5, "16.5"],
  ];
  for (const [value, text] of spellings)
    it(`spells ${JSON.stringify(value)} as "${text}"`, () => assert.equal(parseCpus(value), text));

  const refused = [
    "",
    "0",
    0,
    "0.05",
    "0.09",
    -1,
    "-1",
    "1.005",
    0.123,
    "half",
    "NaN",
    NaN,
    "Infinity",
    null,
    undefined,
    [1],
    true,
  ];
  for (const value of refused)
    it(`refuses ${typeof value} ${String(value)}`, () => assert.throws(() => parseCpus(value), FAULT));

  it("spells every number as the provider reads it back", () => {
    const hundredths = fc.integer({ min: 10, max: 12_800 });
    fc.assert(
      fc.property(hundredths, (count) => {
        fc.pre(Number(providerReadsBack(BigInt(count) * 10_000_000n)) === count / 100);
        const spelled = parseCpus(count / 100);
        assert.equal(providerReadsBack(nanoCpus(spelled)), spelled);
        assert.equal(Number(spelled), count / 100);
      }),
    );
  });

  it("refuses exactly the numbers that the provider reads back as another, and offers that one", () => {
    const refused: number[] = [];
    for (let count = 10; count <= 12_800; count++) {
      const readBack = providerReadsBack(BigInt(count) * 10_000_000n);
      if (Number(readBack) === count / 100) assert.doesNotThrow(() => parseCpus(count / 100), String(count / 100));
      else refused.push(count / 100);
    }
    assert.ok(refused.includes(10.05) && refused.length > 100, `${refused.length} refused`);
    for (const number of refused) {
      const { remedy } = caught(() => parseCpus(number));
      assert.doesNotThrow(() => parseCpus(/^write "(.*)"$/.exec(remedy)?.[1]), `${number}: ${remedy}`);
    }
  });

  it("does not blame decimals that are as they should be", () =>
    assert.throws(
      () => parseCpus(10.05),
      new Invalid("must be a number of CPUs that Docker's provider reads back as it is", 'write "10.1"'),
    ));
});
