// Every setting, changed on a real stack: the preview says what docs/effects.md says, and the host then has the value.
// It does not prove what several settings do together.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { succeeded } from "./support/assertions.ts";
import { before as beforeEdits, edits } from "./support/edits/index.ts";
import type { Edit, Values, World } from "./support/edits/edit.ts";
import type { Effect } from "./support/edits/effect.ts";
import { makeWorld, removeWorld } from "./support/edits/world.ts";
import { root } from "./support/stack.ts";

type Effects = Record<string, Effect | { refused: string }>;

const GOLDEN = join(root, "test/golden/effects.json");

/** "1": all effects are recorded anew; "missing": those of new settings alone. */
const UPDATE = process.env["UPDATE_GOLDEN"];

const documented = (): Effects => JSON.parse(readFileSync(GOLDEN, "utf8")) as Effects;

describe("Every setting", function () {
  this.timeout("15m");
  this.bail(true);

  let world: World;
  let all: [string, Edit][];
  before("makes the images and folders that settings are changed to", async () => {
    world = await makeWorld("e2e-edits");
    all = Object.entries(edits(world));
    await world.stack.prepare(beforeEdits(world));
    succeeded(await world.stack.pulumi("stack", "select", "--create"));
    succeeded(await world.stack.up());
  });

  after(async () => {
    if ((world as World | undefined) !== undefined) await removeWorld(world);
  });

  it("has the effect that is documented, says a preview of it alone", async () => {
    const known = UPDATE === "missing" ? documented() : {};
    const seen = { ...known, ...(await effectsOf(all.filter(([key]) => !(key in known)))) };
    const ordered = Object.fromEntries(all.map(([key]) => [key, seen[key]]));
    if (UPDATE) writeFileSync(GOLDEN, `${JSON.stringify(ordered, null, 2)}\n`);
    assert.deepEqual(ordered, documented());
  });

  for (const batch of [0, 1, 2, 3]) it(`is found on the host after an up of batch ${batch}`, () => applied(batch));

  it("leaves nothing to do for another preview", async () => assert.deepEqual(await world.stack.changes(), []));

  /** Two at a time: a preview is one busy process for a second or two. */
  async function effectsOf(rows: [string, Edit][]): Promise<Effects> {
    const waiting = [...rows];
    const effects: Effects = {};
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift()) effects[next[0]] = await effectOf(...next);
    };
    await Promise.all([work(), work()]);
    return effects;
  }

  async function effectOf(key: string, edit: Edit): Promise<Effect | { refused: string }> {
    const values = { [key]: edit.to, ...edit.with };
    if (edit.refused === undefined) return world.stack.effectOf(values);
    const { exitCode, output } = await world.stack.previewOf(values);
    assert.notEqual(exitCode, 0);
    // As JSON has it: what is printed is an answer for programs.
    assert.ok(output.includes(JSON.stringify(edit.refused).slice(1, -1)), output);
    return { refused: edit.refused };
  }

  /** What replaces no container comes first: nothing else may be what brings it to the host. */
  function batchOf([key, edit]: [string, Edit]): number {
    const { replace = [] } = documented()[key] as Effect;
    return edit.batch ?? (replace.some((name) => name.startsWith("Container ")) ? 1 : 0);
  }

  async function applied(batch: number): Promise<void> {
    const rows = all.filter(([, { refused }]) => refused === undefined).filter((row) => batchOf(row) === batch);
    const before = await world.stack.ids();
    await world.stack.change(Object.assign({}, ...rows.map(valuesOf)) as Values);
    succeeded(await world.stack.up());
    const found: Record<string, unknown> = {};
    for (const [key, { read }] of rows) found[key] = await read(world);
    assert.deepEqual(found, Object.fromEntries(rows.map(([key, { shows }]) => [key, shows])));
    const after = await world.stack.ids();
    const gone = Object.keys(before).filter((id) => !(id in after));
    assert.deepEqual([...new Set(gone.map((id) => before[id]))].sort(), replacedBy(rows));
  }

  const valuesOf = ([key, edit]: [string, Edit]): Values => ({ ...edit.applied, ...edit.with, [key]: edit.to });

  /** Services of which the previews of these rows say that containers are replaced. */
  function replacedBy(rows: [string, Edit][]): string[] {
    return [
      ...new Set(rows.flatMap(([key, { reaches }]) => reaches ?? servicesOf(documented()[key] as Effect))),
    ].sort();
  }
});

function servicesOf({ replace = [] }: Effect): string[] {
  const containers = replace.filter((name) => name.startsWith("Container "));
  return containers.map((name) => name.replace(/^Container |-\d+$/g, ""));
}
