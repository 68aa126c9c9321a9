import type { PublishedPort } from "./plan.ts";

/**
 * Where a published port is reached by plain HTTP: `http://vps.example.org`. A port on all addresses is found by the name
 * that the Docker host has in its own address, one of a local host on the loopback. A loopback port of a remote host is
 * left as it is, because it is reached from there alone.
 */
export function publishedUrl(endpoint: string, { ip, external }: PublishedPort): string {
  const { hostname } = new URL(endpoint);
  const host = ip === "0.0.0.0" ? hostname || "127.0.0.1" : ip;
  return `http://${host}${external === 80 ? "" : `:${external}`}`;
}
