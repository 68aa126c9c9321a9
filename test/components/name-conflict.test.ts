// Does not prove what the engine answers; test/e2e/drift.e2e.ts clones a container and a network.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Finding } from "../../components/lib/audit/finding.ts";
import { tellOfConflict } from "../../components/name-conflict.ts";

class Thing extends pulumi.CustomResource {}

const TOKEN = "pulumi:pulumi:readStackResourceOutputs";
const STATE = { "urn::redis": { type: "Container", outputs: { id: "of Pulumi" } }, "urn::component": { outputs: {} } };
const FINDING = { service: "redis", property: "name" } as Finding;

describe("tellOfConflict", () => {
  let folder = "";
  let calls: unknown[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "onehost-conflict-"));
    process.env["ONEHOST_FINDINGS"] = join(folder, "findings.json");
    calls = [];
  });

  afterEach(() => {
    delete process.env["ONEHOST_FINDINGS"];
    rmSync(folder, { recursive: true });
  });

  /** What a run says of a resource with this id, undefined where it is about to be made, whose name somebody has. */
  async function told(holder: string | undefined, id: string | undefined, isPreview = true): Promise<object[]> {
    const call = ({ token, inputs }: pulumi.runtime.MockCallArgs): object => {
      calls.push([token, inputs]);
      return { outputs: STATE };
    };
    const before = countOfTold();
    await pulumi.runtime.setMocks({ call, newResource: () => ({ id, state: {} }) }, "onehost", "dev", isPreview);
    const resource = new Thing("test:index:Thing", `of-${holder}-${id}-${isPreview}`);
    tellOfConflict(resource, holder === undefined ? undefined : { id: holder, finding: FINDING });
    await pulumi.runtime.disconnect();
    return findings().slice(before);
  }

  const countOfTold = (): number => findings().length;

  function findings(): object[] {
    const file = process.env["ONEHOST_FINDINGS"] ?? "";
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as object[]) : [];
  }

  it("tells of something that the state does not know, where the resource is about to be made", async () => {
    assert.deepEqual((await told("by hand", undefined)).at(-1), FINDING);
    assert.deepEqual(calls, [[TOKEN, { stackName: "dev" }]]);
  });

  it("says nothing of what Pulumi made, and will replace", async () =>
    assert.deepEqual(await told("of Pulumi", undefined), []));

  for (const [what, ...run] of [
    ["nobody has the name", undefined, undefined],
    ["the resource is there", "by hand", "an id"],
    ["it is made already", "by hand", undefined, false],
  ] as const)
    it(`says nothing, and does not ask for the state, where ${what}`, async () => {
      assert.deepEqual(await told(...(run as [string | undefined, string | undefined, boolean?])), []);
      assert.deepEqual(calls, []);
    });
});
