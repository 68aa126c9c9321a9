// Does not prove that the descriptions are right, or that an editor reads the schema; `npm run docs:check` holds the
// committed files to Pulumi.yaml.
import assert from "node:assert/strict";
import { knownKeys } from "../../components/lib/schema.ts";
import { configurationPage, type Declarations, stackSchema } from "../../scripts/lib/settings-reference.ts";
import { declarations } from "../support/config.ts";

const SETTINGS: Declarations = {
  host: { description: "Where.", default: "" },
  "edge.publish": { description: "Address, or <address>|port.", default: "127.0.0.1:8080" },
  "edge.cpus": { description: "CPUs.", default: "0.5" },
  "beat.words": { description: "Words.", default: [] },
  "beat.env": { description: "Variables.", default: {} },
  "beat.count": { description: "Count.", default: 2 },
  "edge.strip": { description: "Whether.", default: false },
};

describe("configurationPage", () => {
  it("lists every key with its default and description, below its group's sentence", () => {
    const [head, ...groups] = configurationPage(SETTINGS).split("\n## ");
    assert.match(head ?? "", /^# Configuration\n/);
    assert.deepStrictEqual(groups, [
      [
        "The stack",
        "",
        "Where the stack lives, and what all of it shares.",
        "",
        "| Key | Default | |",
        "| --- | --- | --- |",
        "| `host` |  | Where. |",
      ].join("\n"),
      [
        "`edge`",
        "",
        "Caddy: the only container that publishes a port.",
        "",
        "| Key | Default | |",
        "| --- | --- | --- |",
        "| `publish` | `127.0.0.1:8080` | Address, or \\<address>\\|port. |",
        "| `cpus` | `0.5` | CPUs. |",
        "| `strip` | `false` | Whether. |",
      ].join("\n"),
      [
        "`beat`",
        "",
        "Celery's schedule, exactly one. None unless the Celery application is named.",
        "",
        "| Key | Default | |",
        "| --- | --- | --- |",
        "| `words` |  | Words. |",
        "| `env` |  | Variables. |",
        "| `count` | `2` | Count. |",
        "",
      ].join("\n"),
    ]);
  });

  it("refuses a group that it has nothing to say about", () =>
    assert.throws(
      () => configurationPage({ "cache.size": { description: "Size.", default: "" } }),
      new Error("settings group cache: has no sentence in scripts/lib/settings-reference.ts"),
    ));
});

describe("stackSchema", () => {
  it("has every key with its description, and refuses others of the project", () =>
    assert.deepStrictEqual(stackSchema("shop", SETTINGS), {
      $schema: "http://json-schema.org/draft-07/schema#",
      $comment: "Made from Pulumi.yaml by `npm run docs`.",
      title: "A stack of shop",
      type: "object",
      properties: {
        config: {
          type: "object",
          properties: {
            "shop:host": { description: "Where.", type: "string", default: "" },
            "shop:edge": {
              description: "Caddy: the only container that publishes a port.",
              type: "object",
              properties: {
                publish: { description: "Address, or <address>|port.", type: "string", default: "127.0.0.1:8080" },
                cpus: { description: "CPUs.", type: ["number", "string"], default: "0.5" },
                strip: { description: "Whether.", enum: [true, false, "true", "false"], default: false },
              },
              additionalProperties: false,
            },
            "shop:beat": {
              description: "Celery's schedule, exactly one. None unless the Celery application is named.",
              type: "object",
              properties: {
                words: { description: "Words.", type: "array", items: { type: "string" }, default: [] },
                env: { description: "Variables.", type: "object", default: {} },
                count: { description: "Count.", type: ["integer", "string"], default: 2 },
              },
              additionalProperties: false,
            },
          },
          patternProperties: { "^shop:(?!(host|edge|beat)$)": false },
        },
      },
    }));

  it("has exactly the keys that the program reads", () => {
    interface Node {
      readonly properties: Readonly<Record<string, Node>>;
    }
    const { config } = (stackSchema("onehost", declarations() as Declarations) as Node).properties;
    const properties = config?.properties ?? {};
    assert.deepStrictEqual(
      Object.keys(properties).sort(),
      knownKeys([])
        .map((key) => `onehost:${key}`)
        .sort(),
    );
    for (const group of knownKeys([]))
      assert.deepStrictEqual(
        Object.keys(properties[`onehost:${group}`]?.properties ?? {}).sort(),
        [...knownKeys([group])].sort(),
      );
  });
});
