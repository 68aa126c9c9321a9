// Does not prove what these networks let through; test/e2e does.
import assert from "node:assert/strict";
import { dataNetworks, isReachedByTools } from "../../../components/lib/data-networks.ts";
import { parseSettings, type Settings } from "../../../components/lib/settings.ts";
import { changed, LEAST } from "../../support/config.ts";

const PORT = { ip: "127.0.0.1", external: 5432, internal: 5432 };

describe("dataNetworks", () => {
  it("are internal where nobody asks for a port", () =>
    assert.deepStrictEqual(dataNetworks({}), { networks: ["data"] }));

  it("are one more, to publish from, where somebody does", () =>
    assert.deepStrictEqual(dataNetworks({ publish: PORT }), { networks: ["data", "tools"], ports: [PORT] }));
});

describe("isReachedByTools", () => {
  const asked = (key: string, value: string): boolean =>
    isReachedByTools(parseSettings({ project: "a", stack: "b" }, changed(LEAST, key, value), {}).settings as Settings);

  it("holds where either has a port", () => {
    assert.equal(asked("postgres.publish", "127.0.0.1:5432"), true);
    assert.equal(asked("redis.publish", "127.0.0.1:6379"), true);
  });

  it("does not hold where neither has", () => assert.equal(asked("redis.publish", ""), false));
});
