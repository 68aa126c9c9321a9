// Does not prove that Caddy routes so; caddyfile.test.ts renders routes, and test/e2e asks for pages.
import assert from "node:assert/strict";
import type { Backend } from "../../components/backend.ts";
import type { Frontend } from "../../components/frontend.ts";
import type { EdgeSettings } from "../../components/lib/settings.ts";
import { routes } from "../../components/routes.ts";

const backend = { service: "backend" } as Backend;
const frontend = { service: "frontend" } as Frontend;
const settings = { apiPrefix: "/v1", stripApiPrefix: true } as EdgeSettings;

describe("routes", () => {
  it("send the API and the health to the backend, and everything else to the pages", () =>
    assert.deepStrictEqual(routes(settings, backend, frontend), [
      { path: "/v1/*", strip: true, to: backend },
      { path: "/health", strip: false, to: backend },
      { path: "", strip: false, to: frontend },
    ]));

  it("send everything to the backend where there are no pages, with or without the prefix", () =>
    assert.deepStrictEqual(routes({ ...settings, stripApiPrefix: false }, backend, undefined), [
      { path: "/v1/*", strip: false, to: backend },
      { path: "/health", strip: false, to: backend },
      { path: "", strip: false, to: backend },
    ]));
});
