// Does not prove that the engine enforces a limit of this size; test/e2e does.
import assert from "node:assert/strict";
import fc from "fast-check";
import { Invalid } from "../../../components/lib/fault.ts";
import { formatSize, mebibytes, mib, parseSize } from "../../../components/lib/size.ts";

const FAULT = new Invalid("must be a size with a unit", 'write KiB, MiB or GiB, for example "512MiB"');

describe("parseSize", () => {
  const sizes: [string, number][] = [
    ["0MiB", 0],
    ["1KiB", 1024],
    ["64MiB", 67_108_864],
    ["64 MiB", 67_108_864],
    ["2GiB", 2_147_483_648],
  ];
  for (const [text, bytes] of sizes)
    it(`reads "${text}" as ${bytes} bytes`, () => assert.deepStrictEqual(parseSize(text), { bytes }));

  const refused = [
    "64",
    64,
    "64m",
    "64MB",
    "64mib",
    "-1MiB",
    "1.5GiB",
    "64  MiB",
    " 64MiB",
    "64MiB ",
    "",
    null,
    undefined,
  ];
  for (const value of refused)
    it(`refuses ${JSON.stringify(value)}`, () => assert.throws(() => parseSize(value), FAULT));

  it("reads back what formatSize writes, for every whole number of KiB", () => {
    const sizes = fc.nat({ max: 2 ** 40 }).map((kibibytes) => ({ bytes: kibibytes * 1024 }));
    fc.assert(fc.property(sizes, (size) => assert.deepStrictEqual(parseSize(formatSize(size)), size)));
  });
});

describe("formatSize", () => {
  const cases: [number, string][] = [
    [512, "512MiB"],
    [1024, "1GiB"],
    [1536, "1536MiB"],
    [4096, "4GiB"],
  ];
  for (const [count, text] of cases)
    it(`writes ${count} MiB as "${text}"`, () => assert.equal(formatSize(mib(count)), text));

  it("writes what is no whole number of MiB in KiB", () => assert.equal(formatSize({ bytes: 1537 * 1024 }), "1537KiB"));

  it("never writes a longer number than another unit would need", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 30 }), (kibibytes) => {
        const [number, unit] = [
          Number.parseInt(formatSize({ bytes: kibibytes * 1024 })),
          formatSize({ bytes: kibibytes * 1024 }).slice(-3),
        ];
        assert.ok(unit === "GiB" || number % 1024 !== 0, `${number}${unit} could be written in a larger unit`);
      }),
    );
  });
});

describe("mebibytes", () => {
  it("is the number that mib was given", () => {
    fc.assert(fc.property(fc.nat({ max: 2 ** 20 }), (count) => assert.equal(mebibytes(mib(count)), count)));
  });

  it("rounds down", () => assert.equal(mebibytes(parseSize("2047KiB")), 1));
});
