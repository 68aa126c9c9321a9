import assert from "node:assert/strict";
import { changesStack, selectedStack, touchesHost } from "../../scripts/lib/command-line.ts";

const nobody = { PULUMI_HOME: "/nonexistent" };

describe("selectedStack", () => {
  for (const args of [
    ["up", "--stack", "prod"],
    ["-s", "prod", "up"],
    ["up", "--stack=prod"],
    ["up", "--stack", "organization/shop/prod"],
  ])
    it(`reads ${args.join(" ")}`, () => assert.equal(selectedStack(args, nobody), "prod"));

  it("knows none where none is named or selected", () => assert.equal(selectedStack(["up"], nobody), undefined));
});

describe("touchesHost", () => {
  for (const args of [["up"], ["preview", "--diff"], ["--stack", "prod", "destroy"]])
    it(`is true for ${args.join(" ")}`, () => assert.equal(touchesHost(args), true));

  for (const args of [
    ["stack", "ls"],
    ["up", "--help"],
    ["up", "-h"],
    ["config", "set", "host", "x"],
  ])
    it(`is false for ${args.join(" ")}`, () => assert.equal(touchesHost(args), false));
});

describe("changesStack", () => {
  for (const args of [["up"], ["refresh", "--yes"], ["--stack", "prod", "destroy"]])
    it(`is true for ${args.join(" ")}`, () => assert.equal(changesStack(args), true));

  for (const args of [["preview"], ["refresh", "--preview-only"], ["up", "--help"], ["stack", "ls"]])
    it(`is false for ${args.join(" ")}`, () => assert.equal(changesStack(args), false));
});
