// Does not prove that the engine hands a log over whole; test/components/engine/exec.test.ts looks at its framing.
import assert from "node:assert/strict";
import fc from "fast-check";
import { collapse, lastWords } from "../../../components/lib/log-lines.ts";

describe("collapse", () => {
  it("keeps lines that differ in more than digits", () =>
    assert.deepStrictEqual(collapse("starting\nlistening on 8000\n"), ["starting", "listening on 8000"]));

  it("shows a run of lines that differ only in digits as its last line and a count", () =>
    assert.deepStrictEqual(collapse("a\n12:00:01 GET /live 200\n12:00:02 GET /live 200\n12:00:13 GET /live 503\nb"), [
      "a",
      "12:00:13 GET /live 503 (3 such lines)",
      "b",
    ]));

  it("takes numbers of different length for the same", () =>
    assert.deepStrictEqual(collapse("try 9\ntry 10"), ["try 10 (2 such lines)"]));

  it("counts runs that are interrupted apart", () =>
    assert.deepStrictEqual(collapse("try 1\ntry 2\nx\ntry 3"), ["try 2 (2 such lines)", "x", "try 3"]));

  it("leaves out blank lines, which do not interrupt a run", () =>
    assert.deepStrictEqual(collapse("\n\ntry 1\n  \ntry 2\n\n"), ["try 2 (2 such lines)"]));

  it("has nothing to show of an empty log", () => assert.deepStrictEqual(collapse(""), []));

  it("accounts for every line that is not blank", () => {
    const line = fc.stringMatching(/^[ab1 ]{0,3}$/);
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const counts = collapse(lines.join("\n")).map((shown) =>
          Number(/ \((\d+) such lines\)$/.exec(shown)?.[1] ?? 1),
        );
        const total = counts.reduce((sum, count) => sum + count, 0);
        assert.equal(total, lines.filter((text) => text.trim() !== "").length);
      }),
    );
  });
});

describe("lastWords", () => {
  const cases: [string, string, string][] = [
    ["the line that says what is wrong", "starting\nValueError: no token\nbye\n", "ValueError: no token"],
    [
      "the last of several",
      "error: a\nModuleNotFoundError: No module named 'bot'\n",
      "ModuleNotFoundError: No module named 'bot'",
    ],
    ["a complaint in capitals", "FATAL: role missing\nshutting down", "FATAL: role missing"],
    [
      "those of the last whole trace, while the next one is written",
      'ValueError: no token\nTraceback (most recent call last):\n  File "error.py", line 1\n    raise ValueError()\n',
      "ValueError: no token",
    ],
    [
      "of a trace, where there is nothing but a trace",
      "Traceback (most recent call last):\n",
      "Traceback (most recent call last):",
    ],
    ["simply the last line where none complains", "one\n two \n\n", "two"],
    ["nothing of an empty log", "\n", ""],
    ["no more than fits a few lines", `Error: ${"x".repeat(400)}`, `Error: ${"x".repeat(293)}`],
  ];
  for (const [title, log, expected] of cases) it(`are ${title}`, () => assert.equal(lastWords(log), expected));
});
