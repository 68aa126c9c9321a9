import { EDGE_HEALTH } from "./caddyfile.ts";
import type { SelfCheck } from "./plan.ts";

/** Where the switch keeps the digests of what it left behind: of its files, and of what Caddy runs by. */
export const SWITCHED = { files: "/config/.switched", live: "/config/.live" } as const;

/** Prints the digest of the configuration that Caddy runs by at this moment, whoever loaded it. */
export const LIVE_DIGEST = `timeout 3 wget -q -O - http://${EDGE_HEALTH}/config/ | sha256sum`;

const CHECK = `
cd /config
[ -f ${SWITCHED.files} ] || exit 0
sha256sum -c ${SWITCHED.files} 2>/dev/null | while IFS=: read -r file result; do
  [ "$result" = " OK" ] || printf 'file %s\\tchanged or gone\\tas the last release wrote it\\n' "$file"
done
[ "$(${LIVE_DIGEST})" = "$(cat ${SWITCHED.live})" ] || printf 'live routes\\treplaced\\tas the last release loaded them\\n'
exit 0`;

/** What may be changed inside a running edge: its files, and its configuration through Caddy's own API. */
export const EDGE_CHECK: SelfCheck = { command: ["sh", "-c", CHECK], repair: "switch" };
