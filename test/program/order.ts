// Does not prove what providers, the engine or Docker make of these resources; test/e2e and test/conformance do.
import assert from "node:assert/strict";
import { type Registered } from "../support/mocks.ts";
import { everyContainer, inEveryStack, nameOf, variable } from "../support/stacks.ts";

describe("order", () => {
  everyContainer("has a gate that its id triggers", (container, program) => {
    const gate = program.find("Command", `${container.name}-gate`);
    assert.deepStrictEqual(gate.inputs["triggers"], [`id-of-${container.name}`]);
    assert.deepStrictEqual(gate.inputDependencies["triggers"], [container.urn]);
    assert.equal(variable(gate, "CONTAINER"), `id-of-${container.name}`);
    assert.equal(gate.inputs["create"], "components/engine/gate.ts");
  });

  everyContainer("comes after its image and its filled volumes", (container, program) => {
    const earlier = [...program.before(container)];
    const images = earlier.filter(({ type }) => /:(RemoteImage|Image)$/.test(type)).map(nameOf);
    const service = container.name.replace(/-\d$/, "");
    assert.ok(images.includes(`${service}-image`), `${container.name} does not wait for its image`);
    const fill = service === "edge" ? "edge-seed" : `${service}-secrets-fill`;
    assert.ok(
      earlier.some(({ name }) => name === fill),
      `${container.name} does not wait for ${fill}`,
    );
  });

  inEveryStack("a volume is filled once some image is on the host to carry it", (program) => {
    const fills = program
      .ofType("Command")
      .filter(({ inputs }) => inputs["create"] === "components/engine/fill-volume.ts");
    assert.equal(fills.length, 4);
    for (const fill of fills)
      assert.ok(
        [...program.before(fill)].some(({ type }) => /:(RemoteImage|Image)$/.test(type)),
        fill.name,
      );
  });

  inEveryStack("every backend comes after the gates of Postgres and Redis", (program) => {
    for (const backend of program.ofType("Container").filter(({ name }) => /^backend/.test(name))) {
      const gates = [...program.before(backend)].map(nameOf).filter((name) => name.endsWith("-gate"));
      assert.deepStrictEqual(gates.sort(), ["postgres-gate", "redis-gate"], backend.name);
    }
  });

  inEveryStack("the switch comes after every gate of what it points at, and of the edge", (program) => {
    const waited = program.find("Command", "switch").dependencies.map((urn) => program.at(urn).name);
    const expected = program
      .ofType("Container")
      .map(({ name }) => `${name}-gate`)
      .filter((name) => /^(backend|edge)/.test(name));
    for (const gate of expected) assert.ok(waited.includes(gate), `the switch does not wait for ${gate}`);
  });

  inEveryStack("the switch knows containers by id and never by name", (program, stack) => {
    const control = program.find("Command", "switch");
    const replicas = { dev: 1, prod: 2, full: 4 }[stack];
    const ids = Array.from({ length: replicas }, (_, index) => `id-of-backend-${index}`);
    assert.deepStrictEqual(JSON.parse(variable(control, "TARGETS")), { backend: ids });
    assert.equal(variable(control, "EDGE"), "id-of-edge");
    assert.doesNotMatch(JSON.stringify(control.inputs), /autonamed-|onehost-\w+-edge/);
  });

  inEveryStack("there is one switch, and nothing comes after it", (program) => {
    const [control, ...more] = program
      .ofType("Command")
      .filter(({ inputs }) => inputs["create"] === "components/engine/switch.ts");
    assert.deepStrictEqual(more, []);
    const later = program.all.filter(({ dependencies }) => dependencies.includes((control as Registered).urn));
    assert.deepStrictEqual(later, []);
  });
});
