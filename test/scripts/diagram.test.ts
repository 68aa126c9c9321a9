// Does not prove that the picture is a good one: look at it (docs/stack.svg). test/program proves what the program declares.
import assert from "node:assert/strict";
import { diagram } from "../../scripts/lib/diagram.ts";
import { layoutOf, SIZE } from "../../scripts/lib/diagram-layout.ts";
import { pictureOf, type Picture } from "../../scripts/lib/picture.ts";
import { type Plan, planOf } from "../../scripts/lib/planned.ts";
import { declaredBy } from "../../scripts/lib/program.ts";
import { shortened } from "../../scripts/lib/svg.ts";
import { configOf } from "../support/stacks.ts";

const URN = "urn:pulumi:dev::onehost::onehost:index:Backend$docker:index/";
const inputs = { labels: [{ label: "onehost.service", value: "backend" }] };
const NOTHING: Plan = { services: {}, networks: {}, volumes: {}, others: {} };

describe("the picture of a stack", () => {
  let picture: Picture;
  let svg: string;
  before(async () => {
    picture = pictureOf("full", await declaredBy({ project: "onehost", stack: "full" }, configOf("full")));
    svg = diagram(picture);
  });

  it("has every service, with its replicas, networks and volumes, and whom it calls", () => {
    const backend = picture.services.find(({ service }) => service === "backend");
    assert.deepEqual(backend, {
      service: "backend",
      replicas: 4,
      image: backend?.image,
      limits: backend?.limits,
      ports: [],
      networks: ["data", "edge", "egress"],
      volumes: [{ name: "uploads", protect: true }],
      secrets: ["database_url", "redis_url", "api_key"],
      calls: ["postgres", "redis"],
    });
    const edge = picture.services.find(({ service }) => service === "edge");
    assert.deepEqual(edge?.calls, ["backend", "frontend"]);
    assert.ok((edge?.ports.length ?? 0) > 0);
  });

  it("names every service, network, volume, port and secret", () => {
    const names = picture.services.flatMap(({ service, volumes, ports, secrets }) => [
      service,
      ...volumes.map(({ name }) => name),
      ...ports,
      ...secrets,
    ]);
    assert.equal(picture.services.length, 8);
    for (const name of [...names, ...picture.networks.map((network) => network.name)])
      assert.ok(svg.includes(`>${name}<`), name);
  });

  it("shows no value of a secret", () =>
    assert.doesNotMatch(svg, /secret-of-the-application|secret-of-the-bot|secret-that-nobody-gets/));

  it("is well-formed: every element that begins ends, in its order", () => {
    const open: string[] = [];
    for (const [, close, name, self] of svg.matchAll(/<(\/?)(\w+)(?: [\w:-]+="[^"<&]*(?:&\w+;[^"<&]*)*")*(\/?)>/g)) {
      if (close) assert.equal(open.pop(), name);
      else if (!self) open.push(name ?? "");
    }
    assert.deepEqual(open, []);
    assert.doesNotMatch(svg.replace(/<[^>]*>/g, ""), /[<>]|&(?!\w+;)/);
  });

  it("is the same each time", () => assert.equal(diagram(picture), svg));

  it("lays no card over another, and none outside", () => {
    const { cards, width, height } = layoutOf(picture);
    for (const [index, a] of cards.entries()) {
      assert.ok(a.x >= 0 && a.x + SIZE.card <= width && a.y >= 0 && a.y + a.height <= height, a.service);
      for (const b of cards.slice(index + 1)) {
        const apart =
          a.x + SIZE.card <= b.x || b.x + SIZE.card <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        assert.ok(apart, `${a.service} and ${b.service}`);
      }
    }
  });

  it("of a plan greys what stays, and names what changes with its properties", () => {
    const services = { backend: { operation: "replace", properties: ["envs"] } } as const;
    const drawn = diagram(picture, { ...NOTHING, services });
    assert.match(drawn, />changes: backend</);
    assert.match(drawn, />± backend<.*>replace<.*>envs</);
    assert.equal(drawn.match(/opacity="0.4"/g)?.length, picture.services.length - 1);
  });

  it("of a plan has the service that goes, which the program no longer has", () => {
    const services = { gone: { operation: "delete", properties: [] } } as const;
    assert.match(diagram(picture, { ...NOTHING, services }), />− gone</);
  });

  it("of a plan without changes says so", () => assert.match(diagram(picture, NOTHING), />no service changes</));
});

describe("planOf", () => {
  const step = (op: string, type: string, name: string, detailedDiff?: object) => ({
    op,
    urn: `${URN}${type}::${name}`,
    newState: { inputs },
    ...(detailedDiff && { detailedDiff: detailedDiff as Record<string, unknown> }),
  });

  it("takes the steps of a replacement, of all replicas, for one change with all its properties", () => {
    const plan = planOf([
      step("create-replacement", "container:Container", "backend-0", { "envs[0]": {}, image: {} }),
      step("replace", "container:Container", "backend-0", { "envs[0]": {} }),
      step("delete-replaced", "container:Container", "backend-0"),
      step("create-replacement", "container:Container", "backend-1", { "healthcheck.retries": {} }),
    ]);
    const backend = { operation: "replace", properties: ["envs", "healthcheck", "image"] };
    assert.deepEqual(plan, { ...NOTHING, services: { backend } });
  });

  it("takes one replica more for an update of the service that stays", () => {
    const plan = planOf([
      step("update", "container:Container", "backend-0"),
      step("create", "container:Container", "backend-1"),
    ]);
    assert.deepEqual(plan.services, { backend: { operation: "update", properties: [] } });
  });

  it("tells networks, volumes and the rest apart, and leaves out what stays or is no resource of the host", () => {
    const plan = planOf([
      step("create", "network:Network", "network-data"),
      step("delete", "volume:Volume", "uploads"),
      step("replace", "remoteImage:RemoteImage", "app-image"),
      step("same", "container:Container", "backend-0"),
      step("refresh", "container:Container", "backend-0"),
      { op: "update", urn: "urn:pulumi:dev::onehost::onehost:index:Backend::backend" },
    ]);
    const of = (operation: string): object => ({ operation, properties: [] });
    assert.deepEqual(plan, {
      services: {},
      networks: { data: of("create") },
      volumes: { uploads: of("delete") },
      others: { "app-image": of("replace") },
    });
  });
});

describe("shortened", () => {
  it("keeps the end of a text", () => {
    assert.equal(shortened("examples/sample-app/backend", 12), "…app/backend");
    assert.equal(shortened("redis:7", 12), "redis:7");
  });
});
