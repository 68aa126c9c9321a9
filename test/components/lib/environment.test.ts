// Does not prove what is made of these values; settings.test.ts and settings-faults.test.ts do.
import assert from "node:assert/strict";
import { nameSource, withEnvironment } from "../../../components/lib/environment.ts";

const ENVIRONMENT = { DOCKER_HOST: "unix:///a.sock", ONEHOST_IMAGES: "offline" };
const REST = { postgres: { memory: "1GiB" } };

describe("withEnvironment", () => {
  it("takes the environment's word where the stack has none", () => {
    const expected = { ...REST, host: "unix:///a.sock", images: "offline" };
    assert.deepStrictEqual(withEnvironment(REST, ENVIRONMENT), expected);
    assert.deepStrictEqual(withEnvironment({ ...REST, host: "", images: "" }, ENVIRONMENT), expected);
  });

  it("keeps to the stack where that says something", () => {
    const raw = { ...REST, host: "ssh://a@b", images: "official" };
    assert.deepStrictEqual(withEnvironment(raw, ENVIRONMENT), raw);
    assert.deepStrictEqual(withEnvironment({ ...raw, images: "" }, ENVIRONMENT), { ...raw, images: "offline" });
  });

  it("leaves both out where nobody says anything", () =>
    assert.deepStrictEqual(withEnvironment(REST, {}), { ...REST, host: "", images: "" }));
});

describe("nameSource", () => {
  const fault = { key: "host", must: "must be x", got: "y", remedy: "write z" };

  it("says of a fault in what the environment gave that it came from there", () => {
    const told = { ...fault, remedy: "it came from DOCKER_HOST in the environment: write z" };
    assert.deepStrictEqual(nameSource({ host: "" })(fault), told);
    assert.deepStrictEqual(nameSource({})(fault), told);
  });

  it("says nothing of it where the stack is at fault", () =>
    assert.deepStrictEqual(nameSource({ host: "y" })(fault), fault));

  it("says nothing of it for a key that the environment does not give", () =>
    assert.deepStrictEqual(nameSource({})({ ...fault, key: "audit" }), { ...fault, key: "audit" }));
});
