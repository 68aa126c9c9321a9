import type { PublishedPort } from "./plan.ts";
import { EDGE_PORT, type Raw } from "./schema.ts";

/** Where plain HTTP is answered: on this machine alone, or where visitors of a domain look for it. */
export function httpPort({ publish, domain }: Pick<Raw["edge"], "publish" | "domain">): PublishedPort {
  const usual = domain === undefined ? { ip: "127.0.0.1", external: 8080 } : { ip: "0.0.0.0", external: 80 };
  return publish ?? { ...usual, internal: EDGE_PORT };
}

/** Ports of the host that a stack takes, by the settings that say so. */
export function publishedPorts({ postgres, redis, edge }: Raw): { key: string; port: PublishedPort }[] {
  const ports = {
    "postgres.publish": postgres.publish,
    "redis.publish": redis.publish,
    "edge.publish": httpPort(edge),
    "edge.publishTls": edge.domain === undefined ? undefined : edge.publishTls,
  };
  return Object.entries(ports).flatMap(([key, port]) => (port ? [{ key, port }] : []));
}
