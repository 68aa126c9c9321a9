// Does not prove what providers, the engine or Docker make of these resources; test/e2e and test/conformance do.
import assert from "node:assert/strict";
import type { Registered, Registrations } from "../support/mocks.ts";
import {
  CONTAINERS,
  containersOf,
  everyContainer,
  inEveryStack,
  jobsOf,
  nameOf,
  ROLLING,
  serviceOf,
  type Stack,
  variable,
  volumeNamed,
} from "../support/stacks.ts";

/** Services with an image of their own; all others run the application's. */
const OWN_IMAGE = ["postgres", "redis", "edge", "frontend", "bot"];

const gatesOf = (stack: Stack, ...services: string[]): string[] =>
  services.flatMap((service) => containersOf(stack, service)).map((name) => `${name}-gate`);

/** Names of the gates and jobs that have ended well before a resource is created. */
function provedBefore(program: Registrations, resource: Registered): string[] {
  const earlier = [...program.before(resource)].filter(({ type }) => type.endsWith(":Command")).map(nameOf);
  return earlier.filter((name) => /-gate$|^migrations$|-proof$|^switch$/.test(name)).sort();
}

/** Containers and jobs of a service. */
function processesOf(program: Registrations, service: string): Registered[] {
  const containers = program.ofType("Container").filter((container) => serviceOf(container) === service);
  return [...containers, ...jobsOf(program).map(({ command }) => command)].filter(
    ({ name }) => name === service || name.replace(/-\d$/, "") === service,
  );
}

const has = (stack: Stack, service: string): boolean => service in CONTAINERS[stack];
const hasMigrations = (stack: Stack): boolean => stack !== "least";

describe("order", () => {
  everyContainer("has a gate that another id runs anew", (container, program) => {
    const gate = program.find("Command", `${container.name}-gate`);
    assert.deepStrictEqual(gate.inputs["triggers"], []);
    assert.deepStrictEqual(gate.inputDependencies["environment"], [container.urn]);
    assert.equal(variable(gate, "CONTAINER"), `id-of-${container.name}`);
    assert.equal(gate.inputs["create"], "components/engine/gate.ts");
  });

  everyContainer("comes after its image and its filled volumes", (container, program) => {
    const mounts = container.inputs["mounts"] as { source: string }[];
    const service = serviceOf(container);
    const image = OWN_IMAGE.includes(service) ? service : "app";
    assertAfter(
      program,
      container,
      image,
      mounts.map(({ source }) => source),
    );
  });

  inEveryStack("every job comes after the application's image and the volumes that it mounts", (program) => {
    for (const { command, job } of jobsOf(program)) {
      const mounts = job.create.HostConfig.Mounts.map(({ Source }) => Source);
      assertAfter(program, command, "app", mounts);
    }
  });

  function assertAfter(program: Registrations, process: Registered, image: string, volumes: string[]): void {
    const earlier = [...program.before(process)];
    const images = earlier.filter(({ type }) => /:(RemoteImage|Image)$/.test(type)).map(nameOf);
    assert.ok(images.includes(`${image}-image`), `${process.name} does not wait for its image`);
    for (const volume of volumes.map((name) => volumeNamed(program, name)))
      assert.ok(
        /^(postgres|redis)-data$/.test(volume.name) || fillsOf(earlier, volume).length === 1,
        `${process.name} does not wait until ${volume.name} is filled`,
      );
  }

  const fillsOf = (commands: Registered[], { name }: Registered): Registered[] =>
    commands.filter((command) => [`${name}-fill`, `${name}-seed`].includes(command.name));

  inEveryStack("a volume is filled once, when some image is on the host to carry it", (program) => {
    const volumes = program.ofType("Volume").filter(({ name }) => !/^(postgres|redis)-data$/.test(name));
    const fills = program
      .ofType("Command")
      .filter(({ inputs }) => inputs["create"] === "components/engine/fill-volume.ts");
    assert.deepStrictEqual(
      fills.map(nameOf).sort(),
      volumes.flatMap((volume) => fillsOf(fills, volume).map(nameOf)).sort(),
    );
    assert.equal(fills.length, volumes.length);
    for (const fill of fills)
      assert.ok(
        [...program.before(fill)].some(({ type }) => /:(RemoteImage|Image)$/.test(type)),
        fill.name,
      );
  });
});

describe("the order of a release", () => {
  /** What has proved itself before any process of a service starts. */
  const expected: Record<string, (stack: Stack) => string[]> = {
    postgres: () => [],
    redis: () => [],
    edge: () => [],
    frontend: () => [],
    migrations: (stack) => gatesOf(stack, "postgres", "redis"),
    backend: (stack) => [...gatesOf(stack, "postgres", "redis"), ...(hasMigrations(stack) ? ["migrations"] : [])],
    "worker-proof": (stack) => ["migrations", ...gatesOf(stack, "postgres", "redis", "backend", "frontend")],
    worker: (stack) => ["migrations", "worker-proof", ...gatesOf(stack, "postgres", "redis", "backend", "frontend")],
    beat: (stack) => [
      "migrations",
      "worker-proof",
      "switch",
      ...gatesOf(stack, "postgres", "redis", "edge", ...ROLLING),
    ],
    bot: (stack) => [
      ...["migrations", "worker-proof", "switch"],
      ...gatesOf(stack, "postgres", "redis", "edge", ...ROLLING, "beat"),
    ],
  };
  const jobs: Record<string, string> = { migrations: "beat", "worker-proof": "worker" };

  for (const [service, proved] of Object.entries(expected))
    inEveryStack(
      `${service} starts when what it needs has proved itself, and waits for nothing else`,
      (program, stack) => {
        const processes = processesOf(program, service);
        assert.equal(processes.length > 0, has(stack, jobs[service] ?? service), `${processes.length} of ${service}`);
        for (const process of processes)
          assert.deepStrictEqual(provedBefore(program, process), proved(stack).sort(), process.name);
      },
    );

  inEveryStack("every job is one of these", (program, stack) => {
    const names = jobsOf(program).map(({ command }) => command.name);
    assert.deepStrictEqual(names.sort(), stack === "least" ? [] : ["migrations", "worker-proof"]);
  });

  inEveryStack(
    "the switch waits for all that is new and for the edge, and for nothing that follows it",
    (program, stack) => {
      const before = provedBefore(program, program.find("Command", "switch"));
      const jobsBefore = stack === "least" ? [] : ["migrations", "worker-proof"];
      assert.deepStrictEqual(
        before,
        [...jobsBefore, ...gatesOf(stack, "postgres", "redis", "edge", ...ROLLING)].sort(),
      );
    },
  );

  inEveryStack("after the switch there are beat and bot alone", (program, stack) => {
    const control = program.find("Command", "switch");
    const later = program.all.filter((resource) => program.before(resource).has(control));
    const names = ["beat", "bot"].filter((service) => has(stack, service));
    const own = later.filter(({ type }) => /:(Container|Command)$/.test(type)).map(nameOf);
    const belonging = new Set(own.map((name) => name.replace(/-.*/, "")));
    assert.deepStrictEqual([...belonging].sort(), names);
    for (const name of names) assert.ok(own.includes(name) && own.includes(`${name}-gate`), name);
  });

  inEveryStack("nothing comes after the bot", (program) => {
    const bots = program.all.filter(({ name }) => /^bot(-|$)/.test(name));
    const later = program.all.filter((resource) => bots.some((bot) => program.before(resource).has(bot)));
    assert.deepStrictEqual(later.filter((resource) => !bots.includes(resource)).map(nameOf), []);
  });
});

describe("the switch", () => {
  const idsOf = (stack: Stack, service: string): string[] =>
    containersOf(stack, service).map((name) => `id-of-${name}`);

  inEveryStack("is one", (program) => {
    const scripts = program.ofType("Command").map(({ inputs }) => inputs["create"]);
    assert.equal(scripts.filter((script) => script === "components/engine/switch.ts").length, 1);
  });

  inEveryStack("knows containers by id and never by name", (program, stack) => {
    const control = program.find("Command", "switch");
    const targets = Object.fromEntries(
      ["backend", "frontend"]
        .filter((service) => has(stack, service))
        .map((service) => [service, idsOf(stack, service)]),
    );
    assert.deepStrictEqual(JSON.parse(variable(control, "TARGETS")), targets);
    assert.deepStrictEqual(JSON.parse(variable(control, "ALONGSIDE")), idsOf(stack, "worker"));
    assert.equal(variable(control, "EDGE"), "id-of-edge");
    assert.doesNotMatch(JSON.stringify(control.inputs), /autonamed-|onehost-\w+-edge/);
  });

  inEveryStack("has slots enough for every replica", (program, stack) => {
    const slots = Number(variable(program.find("Command", "switch"), "SLOTS"));
    assert.ok(Object.values(CONTAINERS[stack]).every((count) => count <= slots));
  });

  inEveryStack("sweeps its own stack alone", (program, stack) =>
    assert.deepStrictEqual(JSON.parse(variable(program.find("Command", "switch"), "LABELS")), {
      "onehost.project": "onehost",
      "onehost.stack": stack,
    }),
  );

  inEveryStack(
    "sends the API's paths to the backend, and all others to the pages where there are any",
    (program, stack) => {
      const file = variable(program.find("Command", "switch"), "CADDYFILE");
      const handlers = [
        ...file.matchAll(/^\t(handle\S*)(?: (\S+))? \{\n\t\treverse_proxy \{file\.\/config\/up\/(\w+)-0\}:(\d+)/gm),
      ];
      const [api, ports] = stack === "full" ? ["handle /v1/*", [9000, 3000]] : ["handle_path /api/*", [8000, 8080]];
      const pages = stack === "least" ? `backend:${ports[0]}` : `frontend:${ports[1]}`;
      assert.deepStrictEqual(
        handlers.map(([, directive, path, service, port]) => [
          [directive, path].filter(Boolean).join(" "),
          `${service}:${port}`,
        ]),
        [
          [api, `backend:${ports[0]}`],
          ["handle /health", `backend:${ports[0]}`],
          ["handle", pages],
        ],
      );
    },
  );
});
