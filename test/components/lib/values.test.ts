// Does not prove which key has which of these forms; settings.test.ts does.
import assert from "node:assert/strict";
import { z } from "zod";
import { renderFault } from "../../../components/lib/fault.ts";
import { collectFaults } from "../../../components/lib/faults-of-schema.ts";
import { mib } from "../../../components/lib/size.ts";
import * as v from "../../../components/lib/values.ts";

/** What a value of a form becomes: itself, or the whole text of its fault. */
function read(form: z.ZodType, value: unknown): unknown {
  const raw = { key: value };
  const result = z.strictObject({ key: form }).safeParse(raw);
  if (result.success) return result.data.key;
  return collectFaults(result.error, raw, () => []).map(renderFault);
}

/** Declares a table of values that a form accepts, and of what it makes of them. */
function accepts(form: z.ZodType, cases: [unknown, unknown][]): void {
  for (const [value, expected] of cases)
    it(`reads ${JSON.stringify(value)}`, () => assert.deepStrictEqual(read(form, value), expected));
}

/** Declares a table of values that a form refuses, all with one rule and remedy. */
function refuses(form: z.ZodType, must: string, remedy: string, values: unknown[]): void {
  for (const value of values)
    it(`refuses ${JSON.stringify(value)}`, () =>
      assert.deepStrictEqual(read(form, value), [`key: ${must}, got ${JSON.stringify(value)}; ${remedy}`]));
  it("refuses to do without a value", () => assert.deepStrictEqual(read(form, undefined), [`key: ${must}; ${remedy}`]));
}

describe("sizeFrom", () => {
  const form = v.sizeFrom(mib(64));
  accepts(form, [
    ["64MiB", { bytes: 67_108_864 }],
    ["1GiB", { bytes: 1_073_741_824 }],
  ]);
  refuses(form, "must be a size with a unit", 'write KiB, MiB or GiB, for example "512MiB"', [
    "64",
    64,
    "64MB",
    "",
    null,
  ]);

  it("refuses what is below its floor", () =>
    assert.deepStrictEqual(read(form, "65535KiB"), [
      'key: must be at least 64MiB, got "65535KiB"; write "64MiB" or more',
    ]));
});

describe("duration", () => {
  accepts(v.duration, [
    ["1s", { milliseconds: 1000 }],
    ["1m30s", { milliseconds: 90_000 }],
  ]);
  refuses(v.duration, "must be a duration with a unit", 'write h, m, s or ms, for example "30s"', ["30", 30, "", null]);

  for (const value of ["0s", "999ms"])
    it(`refuses ${value}, which is too short for anything`, () =>
      assert.deepStrictEqual(read(v.duration, value), [
        `key: must be at least 1s, got "${value}"; write, for example, "30s"`,
      ]));
});

describe("cpus", () => {
  accepts(v.cpus, [
    [1, "1.0"],
    ["0.25", "0.25"],
  ]);
  const remedy = 'write it with at most two decimals, for example "0.5"';
  refuses(v.cpus, "must be a number of CPUs, at least 0.1", remedy, ["half", 0.05, 1.005, "", null]);
});

describe("integer", () => {
  const form = v.integer(1, 4);
  accepts(form, [
    [1, 1],
    [4, 4],
    ["2", 2],
  ]);
  const remedy = "write a number, for example 1";
  refuses(form, "must be a whole number from 1 to 4", remedy, [0, 5, -1, 1.5, "1.5", "two", "", null, [1]]);
});

describe("matching", () => {
  const form = v.matching(/^[ab]+$/, "must be as and bs", "ab");
  accepts(form, [["abba", "abba"]]);
  refuses(form, "must be as and bs", 'write, for example, "ab"', ["abc", "", 1, null, ["ab"]]);
});

describe("optional", () => {
  const form = v.optional(v.integer(1, 4));
  accepts(form, [
    [3, 3],
    ["", undefined],
    [undefined, undefined],
  ]);

  it("may be left out altogether", () => assert.deepStrictEqual(z.strictObject({ key: form }).parse({}), {}));

  it("refuses a wrong value as its form does", () =>
    assert.deepStrictEqual(read(form, 9), [
      "key: must be a whole number from 1 to 4, got 9; write a number, for example 1",
    ]));
});

describe("user", () => {
  accepts(v.user, [["70:70", "70:70"]]);
  const remedy = 'write, for example, "10001:10001"';
  const wrong = ["0:0", "0:70", "70:0", "70", "root", "postgres:postgres", "70:70:70", "", 70, null];
  refuses(v.user, "must be uid:gid in numbers, not root", remedy, wrong);
});

describe("urlPath", () => {
  accepts(v.urlPath, [
    ["/", "/"],
    ["/health/ready-1_a.b", "/health/ready-1_a.b"],
  ]);
  const remedy = 'write, for example, "/health"';
  refuses(v.urlPath, "must be a path that begins with a slash", remedy, [
    "health",
    "",
    "/a b",
    "/a?b",
    '/"',
    "/{}",
    null,
  ]);
});

describe("words", () => {
  accepts(v.words, [
    [[], []],
    [
      ["uvicorn", "app.main:app"],
      ["uvicorn", "app.main:app"],
    ],
  ]);
  const remedy = 'write, for example, ["uvicorn", "app.main:app"]';
  refuses(v.words, "must be a list of words", remedy, ["uvicorn app", [""], ["a", 1], {}, "", null]);
});

describe("variables", () => {
  accepts(v.variables, [
    [{}, {}],
    [
      { LOG_LEVEL: "info", Port_2: 8000, DEBUG: false, EMPTY: "" },
      { LOG_LEVEL: "info", Port_2: "8000", DEBUG: "false", EMPTY: "" },
    ],
  ]);
  const remedy = 'write, for example, {LOG_LEVEL: "info"}';
  const wrong = [
    [],
    ["A=b"],
    "A=b",
    { "A-B": "c" },
    { "2A": "c" },
    { "": "c" },
    { A: null },
    { A: ["b"] },
    { A: { B: "c" } },
    "",
    null,
  ];
  refuses(v.variables, "must be names with plain values", remedy, wrong);
});

describe("published", () => {
  const form = v.published(8080);
  accepts(form, [
    ["127.0.0.1:1", { ip: "127.0.0.1", external: 1, internal: 8080 }],
    ["0.0.0.0:65535", { ip: "0.0.0.0", external: 65_535, internal: 8080 }],
    ["255.255.255.255:80", { ip: "255.255.255.255", external: 80, internal: 8080 }],
  ]);
  const wrong = [
    "80",
    ":80",
    80,
    "localhost:80",
    "127.0.0.1",
    "127.0.0.1:0",
    "127.0.0.1:65536",
    "256.0.0.1:80",
    "[::1]:80",
    "1.2.3:80",
    "",
    null,
  ];
  refuses(form, "must be an IPv4 address and a port", 'write, for example, "127.0.0.1:8080"', wrong);
});

describe("yesOrNo", () => {
  accepts(v.yesOrNo, [
    [true, true],
    [false, false],
    ["true", true],
    ["false", false],
  ]);
  refuses(v.yesOrNo, "must be true or false", "write true or false", ["yes", "True", 1, 0, "", null, []]);
});

describe("a form", () => {
  it("lets an error that is no fault of the value through", () => {
    const form = v.matching(
      {
        test: () => {
          throw new TypeError("broken");
        },
      } as unknown as RegExp,
      "",
      "",
    );
    assert.throws(() => read(form, "x"), new TypeError("broken"));
  });
});
