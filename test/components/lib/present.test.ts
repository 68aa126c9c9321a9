// Does not prove which services a stack has; test/program.test.ts does.
import assert from "node:assert/strict";
import { present } from "../../../components/lib/present.ts";

describe("present", () => {
  it("leaves out what is undefined, and nothing else", () =>
    assert.deepStrictEqual(present<unknown>(1, undefined, null, 0, "", false, undefined), [1, null, 0, "", false]));

  it("is empty for nothing", () => assert.deepStrictEqual([present(), present(undefined)], [[], []]));
});
