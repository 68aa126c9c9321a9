// Does not prove that Caddy takes these files; the switch validates them, and test/e2e sees it served.
import assert from "node:assert/strict";
import { BOOTSTRAP_CADDYFILE, caddyfile, EDGE_HEALTH, originOf, SLOTS } from "../../../components/lib/caddyfile.ts";

const GLOBAL = `{
	admin unix//run/caddy/admin.sock
	persist_config off
	auto_https off
	grace_period 10s
	log {
		output stderr
		level WARN
	}
}

http://127.0.0.1:2015 {
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

:8080 {
`;

const HTTPS_GLOBAL = `${GLOBAL.replace("\n:8080 {\n", "").replace(
  "auto_https off",
  [
    "auto_https disable_redirects",
    "	skip_install_trust",
    "	http_port 8080",
    "	https_port 8443",
    "	servers :8443 {",
    "		protocols h1 h2",
    "	}",
  ].join("\n"),
)}
http:// {
	redir https://example.org{uri} 308
}

https://example.org {
`;

const HSTS = "	header ?Strict-Transport-Security max-age=31536000\n";

/** One handler, as it is written for a service's four slots. */
const handler = (first: string, service: string, port: number): string => `	${first} {
		reverse_proxy {file./config/up/${service}-0}:${port} {file./config/up/${service}-1}:${port} {file./config/up/${service}-2}:${port} {file./config/up/${service}-3}:${port} {
			lb_policy round_robin
			lb_try_duration 3s
			lb_try_interval 100ms
			transport http {
				keepalive 30s
			}
		}
	}
`;

describe("caddyfile", () => {
  it("sends each path to its service, with or without what was matched, and the rest to the last", () => {
    const routes = [
      { path: "/api/*", strip: true, service: "backend", port: 8000 },
      { path: "/health", strip: false, service: "backend", port: 8000 },
      { path: "", strip: false, service: "frontend", port: 3000 },
    ];
    const handlers = [
      handler("handle_path /api/*", "backend", 8000),
      handler("handle /health", "backend", 8000),
      handler("handle", "frontend", 3000),
    ];
    assert.equal(caddyfile(routes), `${GLOBAL}${handlers.join("")}}\n`);
  });

  const https = { domain: "example.org", tls: "acme", publish: { ip: "0.0.0.0", external: 443, internal: 8443 } };
  const route = { path: "", strip: false, service: "backend", port: 8000 };

  it("serves a domain by https alone, and sends what comes by http there", () =>
    assert.equal(caddyfile([route], https), `${HTTPS_GLOBAL}${HSTS}${handler("handle", "backend", 8000)}}\n`));

  it("has an authority of its own sign where it is told to", () =>
    assert.equal(
      caddyfile([route], { ...https, tls: "internal" }),
      `${HTTPS_GLOBAL}	tls internal\n${HSTS}${handler("handle", "backend", 8000)}}\n`,
    ));

  it("names a port that is not the usual one", () =>
    assert.match(
      caddyfile([route], { ...https, publish: { ...https.publish, external: 8443 } }),
      /\tredir https:\/\/example\.org:8443\{uri\} 308\n/,
    ));

  it("says where visitors find a domain", () => assert.equal(originOf(https), "https://example.org"));

  it("names no container, so that no release changes it", () =>
    assert.doesNotMatch(
      caddyfile([{ path: "", strip: false, service: "backend", port: 1 }]),
      /onehost|sha256|[0-9a-f]{7}/,
    ));
});

describe("BOOTSTRAP_CADDYFILE", () => {
  it("answers that it is starting, and is healthy", () =>
    assert.equal(BOOTSTRAP_CADDYFILE, `${GLOBAL}	respond "starting" 503\n}\n`));
});

describe("the edge", () => {
  it("has as many slots as a service may have replicas", () => assert.equal(SLOTS, 4));
  it("tells its health on loopback alone", () => assert.equal(EDGE_HEALTH, "127.0.0.1:2015"));
});
