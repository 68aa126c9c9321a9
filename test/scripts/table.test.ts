import assert from "node:assert/strict";
import { serviceRow } from "../../scripts/lib/services.ts";
import { table } from "../../scripts/lib/table.ts";

describe("table", () => {
  it("aligns its columns and leaves no blanks at the ends of lines", () => {
    const lines = table(
      ["piece", "from"],
      [
        ["pulumi", "PATH"],
        ["go", ""],
      ],
    );
    assert.deepEqual(lines, ["PIECE    FROM", "pulumi   PATH", "go"]);
  });
});

describe("serviceRow", () => {
  const service = { name: "redis", state: "running, healthy", image: "redis:7", memory: 128 * 1024 ** 2 };

  it("shows memory in MiB", () => {
    assert.deepEqual(serviceRow(service), ["redis", "running, healthy", "redis:7", "128 MiB"]);
  });

  it("says so when there is no limit", () => assert.equal(serviceRow({ ...service, memory: 0 })[3], "unlimited"));
});
