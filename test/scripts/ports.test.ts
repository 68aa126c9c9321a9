import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "../../components/engine/connect.ts";
import { LABEL } from "../../components/lib/names.ts";
import { root } from "../../scripts/lib/folders.ts";
import { needPorts } from "../../scripts/lib/ports.ts";
import { withEngine } from "../support/fake-engine.ts";

describe("needPorts", () => {
  const id = { project: "onehost", stack: "unit-ports" };
  const file = join(root, `Pulumi.${id.stack}.yaml`);
  /** Of a network that is nobody's, so that nothing on this machine can listen there. */
  const address = "192.0.2.1:8080";

  before(() => writeFileSync(file, `config:\n  onehost:edge: { publish: ${address} }\n`));
  after(() => rmSync(file));

  /** Asks an engine with one container that publishes the port on that address. */
  function ask(IP: string, stack: string, service: string): Promise<object> {
    const Labels = { [LABEL.project]: "onehost", [LABEL.stack]: stack, [LABEL.service]: service };
    const container = { Id: "a", Names: ["/somebody"], Labels, Ports: [{ PublicPort: 8080, IP }] };
    return withEngine([[/^GET \/containers\/json$/, () => [container]]], async (endpoint) => {
      await needPorts(connect(endpoint), id);
      return {};
    });
  }

  for (const ip of ["192.0.2.1", "0.0.0.0"])
    it(`names the container that publishes the port on ${ip}`, async () => {
      const elsewhere = "npm run pulumi -- config set --path edge.publish 192.0.2.1:8081 --stack unit-ports";
      const fault = "edge.publish: port 8080 of 192.0.2.1 is taken by the container somebody";
      const message = `${fault}; stop that, or serve elsewhere: ${elsewhere}`;
      await assert.rejects(ask(ip, "another", "edge"), { code: 1, message });
    });

  it("finds no fault in the stack's own edge", () => ask("192.0.2.1", id.stack, "edge"));

  it("finds no fault in the same port of another address", () => ask("198.51.100.1", "another", "edge"));
});
