import type { Rule } from "./cross-faults.ts";
import type { Fault } from "./fault.ts";
import type { PublishedPort } from "./plan.ts";
import { publishedPorts } from "./ports.ts";
import type { Raw } from "./schema.ts";

/** Names that are kept for private use: nobody can prove to a public authority that they are theirs. */
const PRIVATE = /\.(test|example|invalid|localhost|local|internal|lan|home\.arpa)$/;

/** Rules of what the host publishes, and under which name. */
export const edgeRules: readonly Rule[] = [
  { reads: ["edge.domain", "edge.tls"], faults: certificateFaults },
  {
    reads: ["edge.domain", "edge.publish", "edge.publishTls", "postgres.publish", "redis.publish"],
    faults: portFaults,
  },
];

function certificateFaults({ edge: { domain, tls } }: Raw): Fault[] {
  if (domain === undefined && tls === "internal") {
    const remedy = "write the name that the certificate is for, or leave edge.tls out";
    return [{ key: "edge.domain", must: 'must be given when edge.tls is "internal"', remedy }];
  }
  if (domain === undefined || tls === "internal" || !PRIVATE.test(domain)) return [];
  const must = "must be a public name, or no public authority signs its certificate";
  return [{ key: "edge.domain", must, got: domain, remedy: 'write edge.tls: "internal" for a private name' }];
}

/** A port of the host goes to one container; the second one would not start, with the first one already replaced. */
function portFaults(raw: Raw): Fault[] {
  const ports = publishedPorts(raw);
  return ports.flatMap(({ key, port }, index) => {
    const earlier = ports.slice(0, index).find((other) => overlap(other.port, port));
    if (earlier === undefined) return [];
    const must = `must not be on the port of ${earlier.key}`;
    return [{ key, must, got: `${port.ip}:${port.external}`, remedy: "write another port for one of them" }];
  });
}

/** 0.0.0.0 is every address. */
function overlap(a: PublishedPort, b: PublishedPort): boolean {
  return a.external === b.external && (a.ip === b.ip || a.ip === "0.0.0.0" || b.ip === "0.0.0.0");
}
