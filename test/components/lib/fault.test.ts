// Does not prove how the CLI shows a RunError; test/e2e does.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { type Fault, Invalid, refuse, renderFault, renderFaults } from "../../../components/lib/fault.ts";

const MEMORY: Fault = {
  key: "backend.memory",
  must: "must be at least 64MiB",
  got: "32MiB",
  remedy: 'write "64MiB" or more',
};
const IMAGE: Fault = { key: "backend.image", must: "must be given", remedy: "set it" };

describe("renderFault", () => {
  it("says key, rule, value found and remedy", () =>
    assert.equal(renderFault(MEMORY), 'backend.memory: must be at least 64MiB, got "32MiB"; write "64MiB" or more'));

  it("says nothing of a value where there is none", () =>
    assert.equal(renderFault(IMAGE), "backend.image: must be given; set it"));

  const values: [unknown, string][] = [
    [64, "64"],
    [null, "null"],
    [false, "false"],
    ["", '""'],
    [["a"], '["a"]'],
    [{ a: 1 }, '{"a":1}'],
  ];
  for (const [got, shown] of values)
    it(`shows ${shown} as it is written in a stack file`, () =>
      assert.equal(renderFault({ ...IMAGE, got }), `backend.image: must be given, got ${shown}; set it`));
});

describe("renderFaults", () => {
  it("numbers all faults below one line that names the stack", () =>
    assert.equal(
      renderFaults("prod", [MEMORY, IMAGE]),
      [
        '2 faults in the settings of stack "prod"; nothing was changed',
        '  1. backend.memory: must be at least 64MiB, got "32MiB"; write "64MiB" or more',
        "  2. backend.image: must be given; set it",
      ].join("\n"),
    ));

  it("counts a single fault in the singular", () =>
    assert.equal(
      renderFaults("dev", [IMAGE]),
      '1 fault in the settings of stack "dev"; nothing was changed\n  1. backend.image: must be given; set it',
    ));
});

describe("refuse", () => {
  it("stops with all faults, as an error that the CLI prints without a stack trace", () =>
    assert.throws(
      () => refuse("dev", [IMAGE, MEMORY]),
      (error) => {
        assert.ok(pulumi.RunError.isInstance(error));
        assert.equal(
          error.message,
          [
            '2 faults in the settings of stack "dev"; nothing was changed',
            "  1. backend.image: must be given; set it",
            '  2. backend.memory: must be at least 64MiB, got "32MiB"; write "64MiB" or more',
          ].join("\n"),
        );
        return true;
      },
    ));

  it("stops for a single fault", () =>
    assert.throws(() => refuse("dev", [IMAGE]), { message: renderFaults("dev", [IMAGE]) }));

  it("lets a stack without faults pass", () => assert.doesNotThrow(() => refuse("dev", [])));
});

describe("Invalid", () => {
  it("has its rule and its remedy in its message", () => {
    const invalid = new Invalid("must be short", "cut it");
    assert.deepStrictEqual(
      [invalid.message, invalid.must, invalid.remedy],
      ["must be short; cut it", "must be short", "cut it"],
    );
  });
});
