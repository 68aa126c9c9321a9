import { EDGE_PORT, EDGE_TLS_PORT } from "./schema.ts";
import type { HttpsSettings } from "./settings.ts";

/** Requests of some paths go to one service. */
export interface Route {
  /** Caddy's path matcher: "/health", "/api/*". "" is everything else. */
  readonly path: string;
  /** Whether the service sees the path without the matched prefix. */
  readonly strip: boolean;
  readonly service: string;
  readonly port: number;
}

/**
 * Places for a service's containers. Their number never changes, so that neither a release nor another number of
 * replicas needs a reload; they are filled round-robin.
 */
export const SLOTS = 4;

/** Where the slots are inside the edge's container: one file each, with the name of a container. */
export const SLOTS_DIRECTORY = "/config/up";

/** Where the edge says that it lives; on loopback inside the container, so nobody else reaches it. */
export const EDGE_HEALTH = "127.0.0.1:2015";

/** HTTP/3 would need a UDP port, and would be announced under the container's port. */
const HTTPS_OPTIONS = `auto_https disable_redirects
	skip_install_trust
	http_port ${EDGE_PORT}
	https_port ${EDGE_TLS_PORT}
	servers :${EDGE_TLS_PORT} {
		protocols h1 h2
	}`;

const preamble = (httpsOptions: string) => `{
	admin unix//run/caddy/admin.sock
	persist_config off
	${httpsOptions}
	grace_period 10s
	log {
		output stderr
		level WARN
	}
}

http://${EDGE_HEALTH} {
	bind 127.0.0.1
	respond /healthz "ok"
	@config {
		method GET
		path /config/
	}
	reverse_proxy @config unix//run/caddy/admin.sock {
		header_up Host 127.0.0.1
	}
}
`;

/** What an edge serves before its first switch. */
export const BOOTSTRAP_CADDYFILE = `${preamble("auto_https off")}
:${EDGE_PORT} {
	respond "starting" 503
}
`;

/** The edge's whole configuration. It changes with listeners and routes, never with a release. */
export function caddyfile(routes: readonly Route[], https?: HttpsSettings): string {
  const handlers = routes.map(handle).join("\n");
  return https ? httpsSites(https, handlers) : `${preamble("auto_https off")}\n:${EDGE_PORT} {\n${handlers}\n}\n`;
}

/**
 * The application by https alone; what comes by http is sent there. Caddy's own redirect would leave out a port that is
 * not 443. The application may send a Strict-Transport-Security of its own.
 */
function httpsSites(https: HttpsSettings, handlers: string): string {
  return `${preamble(HTTPS_OPTIONS)}
http:// {
	redir ${originOf(https)}{uri} 308
}

https://${https.domain} {
${https.tls === "internal" ? "	tls internal\n" : ""}	header ?Strict-Transport-Security max-age=31536000
${handlers}
}
`;
}

/** Where visitors find a domain: `https://example.org`, with the port where it is not the usual one. */
export function originOf({ domain, publish }: HttpsSettings): string {
  return `https://${domain}${publish.external === 443 ? "" : `:${publish.external}`}`;
}

function handle(route: Route): string {
  const matcher = route.path === "" ? "" : ` ${route.path}`;
  const directive = route.strip ? "handle_path" : "handle";
  return `	${directive}${matcher} {
${reverseProxy(route)}
	}`;
}

/**
 * Slots are read per request. A dial error, POST included, is tried again for 3 s, which covers a container that dies
 * outside a release. Idle upstream connections go before uvicorn's own keep-alive of 75 s can close one under a request.
 */
function reverseProxy({ service, port }: Route): string {
  const upstreams = Array.from({ length: SLOTS }, (_, slot) => `{file.${SLOTS_DIRECTORY}/${service}-${slot}}:${port}`);
  return `		reverse_proxy ${upstreams.join(" ")} {
			lb_policy round_robin
			lb_try_duration 3s
			lb_try_interval 100ms
			transport http {
				keepalive 30s
			}
		}`;
}
