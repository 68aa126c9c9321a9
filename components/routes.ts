import type { Backend } from "./backend.ts";
import type { Frontend } from "./frontend.ts";
import type { EdgeSettings } from "./lib/settings.ts";
import type { ServedRoute } from "./switch.ts";

/** The application's paths: the API below its prefix, its health, and everything else for the pages, where there are any. */
export function routes(settings: EdgeSettings, backend: Backend, frontend: Frontend | undefined): ServedRoute[] {
  return [
    { path: `${settings.apiPrefix}/*`, strip: settings.stripApiPrefix, to: backend },
    { path: "/health", strip: false, to: backend },
    { path: "", strip: false, to: frontend ?? backend },
  ];
}
