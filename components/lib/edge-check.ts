import { EDGE_HEALTH } from "./caddyfile.ts";
import type { SelfCheck } from "./plan.ts";

/** Where the switch keeps the digests of what it left behind: of its files, and of what Caddy runs by. */
export const SWITCHED = { files: "/config/.switched", live: "/config/.live" } as const;

/** Prints the digest of the configuration that Caddy runs by at this moment, whoever loaded it. */
export const LIVE_DIGEST = `timeout 3 wget -q -O - http://${EDGE_HEALTH}/config/ | sha256sum`;

/** How a line of the check begins that names a container which requests go to: no difference, so without columns. */
export const SERVES = "serves ";

/** An edge that hangs is its health check's business; one that answers otherwise than then was given other routes. */
const CHECK = `
cd /config
for slot in up/*; do [ ! -f "$slot" ] || { read -r name < "$slot"; echo "${SERVES}$name"; }; done
[ -f ${SWITCHED.files} ] || { ls up/* > /dev/null 2>&1 && printf 'file ${SWITCHED.files}\\tgone\\tas the last release wrote it\\n'; exit 0; }
lines=$(sha256sum -c ${SWITCHED.files} 2>/dev/null)
[ -n "$lines" ] || printf 'file ${SWITCHED.files}\\tchanged\\tas the last release wrote it\\n'
printf '%s\\n' "$lines" | while IFS=: read -r file result; do
  [ -z "$file" ] || [ "$result" = " OK" ] || printf 'file %s\\tchanged or gone\\tas the last release wrote it\\n' "$file"
done
[ "$(${LIVE_DIGEST})" != "$(cat ${SWITCHED.live})" ] || exit 0
timeout 1 wget -q -O /dev/null http://${EDGE_HEALTH}/config/
[ $? -ge 124 ] || printf 'live routes\\treplaced\\tas the last release loaded them\\n'
exit 0`;

/** What may be changed inside a running edge: its files, and its configuration through Caddy's own API. */
export const EDGE_CHECK: SelfCheck = { command: ["sh", "-c", CHECK], repair: "switch" };
