// Does not prove that the settings run: quickstart --stack prod does.
import assert from "node:assert/strict";
import { isRehearsed, rehearse, stages } from "../../scripts/lib/rehearsal.ts";

const digest = `sha256:${"0".repeat(64)}`;
const prod = {
  host: "ssh://deploy@vps.example.org",
  secrets: { SECRET_KEY: { secure: "v1:x" } },
  app: { image: `registry.example.org/app/backend@${digest}`, secrets: ["SECRET_KEY"] },
  backend: { replicas: 2, memory: "512MiB" },
  frontend: { image: `localhost:5000/pages:1@${digest}` },
  bot: { image: "example/bot:1" },
  edge: { domain: "example.org", tls: "acme", apiPrefix: "/v1" },
};

describe("isRehearsed", () => {
  it("is what names another machine", () => {
    assert.equal(isRehearsed(prod), true);
    for (const host of [undefined, "", "unix:///var/run/docker.sock"]) assert.equal(isRehearsed({ host }), false);
  });
});

describe("stages", () => {
  it("are the images that the model stack builds, at their own paths", () => {
    const model = { app: { build: "backend" }, frontend: { build: "frontend" } };
    assert.deepEqual(stages(prod, model), [
      { group: "app", folder: "backend", repository: "app/backend" },
      { group: "frontend", folder: "frontend", repository: "pages" },
    ]);
  });
});

describe("rehearse", () => {
  const here = `127.0.0.1:5000/app/backend@sha256:${"1".repeat(64)}`;
  const props = { publish: "127.0.0.1:8081", images: { app: here }, secret: (name: string) => `made up ${name}` };
  const { settings, replacements } = rehearse(prod, props);

  it("keeps all settings but those that would reach somebody else, or cannot be had here", () =>
    assert.deepEqual(settings, {
      app: { image: here, secrets: ["SECRET_KEY"] },
      backend: prod.backend,
      frontend: prod.frontend,
      bot: prod.bot,
      edge: { apiPrefix: "/v1", publish: "127.0.0.1:8081" },
      secrets: { SECRET_KEY: "made up SECRET_KEY" },
    }));

  it("says what was replaced by what", () =>
    assert.deepEqual(
      replacements.map(({ key, there, here: now }) => [key, there, now]),
      [
        ["host", "ssh://deploy@vps.example.org", "this machine's Docker"],
        ["app.image", prod.app.image, here],
        ["edge.publish", "0.0.0.0:80", "127.0.0.1:8081"],
        ["edge.domain", "example.org", "none: plain HTTP"],
        ["secrets", "encrypted", "made up"],
      ],
    ));
});
