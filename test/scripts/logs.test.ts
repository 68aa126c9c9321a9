// Does not prove that an engine's answers have this form; test/e2e/daily.e2e.ts reads real ones.
import assert from "node:assert/strict";
import fc from "fast-check";
import { colourOf, mayColour, paint } from "../../scripts/lib/colours.ts";
import { LineRenderer, type LogLine, Merger, parseLogLine } from "../../scripts/lib/log-lines.ts";
import { logChoice } from "../../scripts/lib/log-options.ts";
import { EXIT, Refusal } from "../../scripts/lib/outcome.ts";

const at = (second: number, source = "backend", text = "x"): LogLine => ({
  time: `2026-11-21T15:04:${String(second).padStart(2, "0")}.000000000Z`,
  source,
  text,
});

describe("parseLogLine", () => {
  it("takes the time off, and nothing of what was written", () =>
    assert.deepEqual(parseLogLine("redis", "2026-11-21T15:04:05.000000001Z  indented, 100 %"), {
      time: "2026-11-21T15:04:05.000000001Z",
      source: "redis",
      text: " indented, 100 %",
    }));

  it("reads a line on which nothing was written", () =>
    assert.deepEqual(parseLogLine("redis", "2026-11-21T15:04:05.000000001Z"), {
      time: "2026-11-21T15:04:05.000000001Z",
      source: "redis",
      text: "",
    }));
});

describe("Merger", () => {
  it("orders the lines of several containers by time, and leaves those of one moment as they came", () => {
    const merger = new Merger();
    const lines = [at(2, "a"), at(4, "a", "first"), at(1, "b"), at(4, "a", "second"), at(3, "b")];
    for (const line of lines) merger.add(line, 0);
    assert.deepEqual(
      merger.take().map(({ time, text }) => `${time.slice(17, 19)} ${text}`),
      ["01 x", "02 x", "03 x", "04 first", "04 second"],
    );
    assert.deepEqual(merger.take(), []);
  });

  it("keeps a line that has just arrived, for what may come before it", () => {
    const merger = new Merger();
    merger.add(at(1), 1000);
    merger.add(at(3), 1100);
    assert.deepEqual(merger.take(1050), [at(1)]);
    merger.add(at(2), 1150);
    assert.deepEqual(merger.take(1200), [at(2), at(3)]);
  });

  it("loses and doubles none, however they come and are taken", () => {
    const arrivals = fc.array(fc.record({ second: fc.nat(59), wait: fc.nat(300) }));
    fc.assert(
      fc.property(arrivals, (list) => {
        const merger = new Merger();
        let now = 0;
        const taken = list.flatMap(({ second, wait }, index) => {
          merger.add(at(second, "a", String(index)), (now += wait));
          return merger.take(now - 200);
        });
        const texts = [...taken, ...merger.take()].map(({ text }) => Number(text));
        assert.deepEqual(
          texts.sort((a, b) => a - b),
          list.map((_, index) => index),
        );
      }),
    );
  });
});

describe("LineRenderer", () => {
  it("writes prefixes of one width", () => {
    const renderer = new LineRenderer(["redis", "backend-0"], { colours: false, timestamps: false });
    assert.equal(renderer.render(at(1, "redis", "Ready")), "redis     | Ready");
    assert.equal(renderer.render(at(1, "backend-0", "")), "backend-0 |");
  });

  it("takes a container that starts later among them", () => {
    const renderer = new LineRenderer(["redis"], { colours: false, timestamps: false });
    assert.equal(renderer.render(at(1, "backend-0")), "backend-0 | x");
    assert.equal(renderer.render(at(1, "redis")), "redis     | x");
  });

  it("writes times where they are wanted", () => {
    const renderer = new LineRenderer(["redis"], { colours: false, timestamps: true });
    assert.equal(renderer.render(at(1, "redis")), "redis | 2026-11-21T15:04:01.000000000Z x");
  });

  it("gives each source a colour, of its prefix alone", () => {
    const renderer = new LineRenderer(["redis", "edge"], { colours: true, timestamps: false });
    assert.equal(renderer.render(at(1, "redis")), "\u001b[36mredis |\u001b[39m x");
    assert.equal(renderer.render(at(1, "edge")), "\u001b[33medge  |\u001b[39m x");
  });
});

describe("colours", () => {
  it("are for terminals, unless the environment says otherwise", () => {
    assert.equal(mayColour({ isTTY: true }, {}), true);
    assert.equal(mayColour({ isTTY: true }, { NO_COLOR: "1" }), false);
    assert.equal(mayColour({}, {}), false);
    assert.equal(mayColour({}, { FORCE_COLOR: "1" }), true);
    assert.equal(mayColour({ isTTY: true }, { FORCE_COLOR: "0" }), false);
  });

  it("leave a text as it is where they are not wanted", () => assert.equal(paint("red", "x", false), "x"));

  it("begin anew after the last", () => assert.equal(colourOf(5), colourOf(0)));
});

describe("logChoice", () => {
  const now = Date.parse("2026-11-21T15:00:00Z");

  it("is the last 100 lines of each container, where nothing is said", () =>
    assert.deepEqual(logChoice({}, now), { tail: 100, since: undefined }));

  it("is everything since a time, unless a number of lines is given too", () => {
    const since = now / 1000 - 600;
    assert.deepEqual(logChoice({ since: "10m" }, now), { tail: undefined, since });
    assert.deepEqual(logChoice({ since: "10m", tail: "5" }, now), { tail: 5, since });
    assert.deepEqual(logChoice({ since: "2026-11-21T14:50:00Z" }, now), { tail: undefined, since });
  });

  it("is everything with --tail all", () => assert.equal(logChoice({ tail: "all" }, now).tail, undefined));

  const refused = (options: object, message: string): void =>
    assert.throws(() => logChoice(options, now), new Refusal(EXIT.usage, message));

  for (const tail of ["few", "-1", "1.5", ""])
    it(`refuses "${tail}" lines`, () =>
      refused({ tail }, `--tail: must be a number of lines, got "${tail}"; write, for example, 100, or all`));

  for (const since of ["10", "yesterday", "", "2026-11-21T99:00"])
    it(`refuses "${since}" for a time`, () =>
      refused(
        { since },
        `--since: must be a duration or a time, got "${since}"; write, for example, "10m" or "2026-11-21T15:04:05Z"`,
      ));
});
