// Does not prove that an engine is found or installed; test/e2e does.
import assert from "node:assert/strict";
import { engineEnv, findEngine } from "../../scripts/lib/engine.ts";
import { EXIT, Refusal } from "../../scripts/lib/outcome.ts";

describe("engineEnv", () => {
  it("bounds what runs at once over ssh", () =>
    assert.deepStrictEqual(engineEnv({ endpoint: "ssh://example.org", source: "setting" }, {}), {
      PULUMI_PARALLEL: "4",
    }));

  it("leaves a bound that was chosen", () =>
    assert.deepStrictEqual(
      engineEnv({ endpoint: "ssh://example.org", source: "setting" }, { PULUMI_PARALLEL: "9" }),
      {},
    ));

  it("names an engine that was found, and bounds nothing there", () =>
    assert.deepStrictEqual(engineEnv({ endpoint: "unix:///run/user/1/docker.sock", source: "running" }, {}), {
      DOCKER_HOST: "unix:///run/user/1/docker.sock",
    }));

  it("leaves the usual socket to everybody's default", () =>
    assert.deepStrictEqual(engineEnv({ endpoint: "unix:///var/run/docker.sock", source: "running" }, {}), {}));
});

describe("findEngine", () => {
  it("ends with one line, and its exit code, where the engine that was chosen does not answer", async () => {
    const own = process.env["DOCKER_HOST"];
    process.env["DOCKER_HOST"] = "unix:///nowhere/docker.sock";
    try {
      await assert.rejects(
        findEngine(undefined),
        new Refusal(
          EXIT.hostSilent,
          'DOCKER_HOST: must be a Docker host that answers (nothing listens there), got "unix:///nowhere/docker.sock"; ' +
            'start Docker ("sudo systemctl start docker"), or correct the address',
        ),
      );
    } finally {
      if (own === undefined) delete process.env["DOCKER_HOST"];
      else process.env["DOCKER_HOST"] = own;
    }
  });
});
