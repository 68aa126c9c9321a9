// Does not prove that the address answers; test/e2e/ssh.e2e.ts does.
import assert from "node:assert/strict";
import { publishedUrl } from "../../../components/lib/published-url.ts";

describe("publishedUrl", () => {
  const cases: [endpoint: string, ip: string, port: number, url: string][] = [
    ["unix:///var/run/docker.sock", "127.0.0.1", 8080, "http://127.0.0.1:8080"],
    ["unix:///var/run/docker.sock", "0.0.0.0", 80, "http://127.0.0.1"],
    ["ssh://deploy@vps.example.org:2222", "0.0.0.0", 80, "http://vps.example.org"],
    ["ssh://deploy@vps.example.org", "0.0.0.0", 8080, "http://vps.example.org:8080"],
    ["tcp://10.0.0.2:2376", "0.0.0.0", 8080, "http://10.0.0.2:8080"],
    ["ssh://[fd00::1]", "0.0.0.0", 80, "http://[fd00::1]"],
    ["ssh://deploy@vps.example.org", "127.0.0.1", 8080, "http://127.0.0.1:8080"],
    ["ssh://deploy@vps.example.org", "203.0.113.7", 80, "http://203.0.113.7"],
  ];
  for (const [endpoint, ip, external, url] of cases)
    it(`of ${ip}:${external} at ${endpoint} is ${url}`, () =>
      assert.equal(publishedUrl(endpoint, { ip, external, internal: 8080 }), url));
});
