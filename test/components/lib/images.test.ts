// Does not prove that the images exist or have these users; the first up of test/e2e does.
import assert from "node:assert/strict";
import { BASE_IMAGES, IMAGES } from "../../../components/lib/images.ts";

describe("IMAGES", () => {
  it("lists image and user of each ready-made service", () =>
    assert.deepStrictEqual(IMAGES, {
      official: {
        postgres: { ref: "postgres:15-alpine", user: "70:70" },
        redis: { ref: "redis:7-alpine", user: "999:1000" },
        caddy: { ref: "caddy:2.11.4-alpine", user: "10081:10081" },
      },
      offline: {
        postgres: { ref: "onehost/postgres:15", user: "10070:10070" },
        redis: { ref: "onehost/redis:7", user: "10079:10079" },
        caddy: { ref: "onehost/caddy:2", user: "10081:10081" },
      },
    }));

  it("pins a version of every image", () => {
    const refs = Object.values(IMAGES).flatMap((set) => Object.values(set).map(({ ref }) => ref));
    for (const ref of refs) assert.match(ref, /:\d/);
  });
});

describe("BASE_IMAGES", () => {
  it("names bases only where the Dockerfiles' own are out of reach", () =>
    assert.deepStrictEqual(BASE_IMAGES, {
      official: {},
      offline: { PYTHON_IMAGE: "onehost/python:3.11", NODE_IMAGE: "onehost/node:20", NGINX_IMAGE: "onehost/nginx:1" },
    }));
});
