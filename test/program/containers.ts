// Does not prove what providers, the engine or Docker make of these resources; test/e2e and test/conformance do.
import assert from "node:assert/strict";
import { redacted } from "../support/mocks.ts";
import {
  CONTAINERS,
  containersOf,
  everyContainer,
  inEveryStack,
  labelOf,
  nameOf,
  ROLLING,
  serviceOf,
  type Stack,
  variable,
} from "../support/stacks.ts";

/** Settings that the provider drops without a word when an existing container is edited. */
const SILENTLY_IGNORED = ["mounts", "healthcheck", "init", "tmpfs", "cpuPeriod", "cpuQuota", "rm"];

/** The networks of each service, and no other. */
const NETWORKS: Readonly<Record<string, string[]>> = {
  postgres: ["data"],
  redis: ["data"],
  backend: ["data", "edge", "egress"],
  frontend: ["edge"],
  worker: ["data", "egress"],
  beat: ["data"],
  bot: ["data", "egress"],
  edge: ["edge", "public"],
};

/** Whether a stack lets the host's own tools reach Postgres and Redis. */
const TOOLS: Readonly<Partial<Record<Stack, string[]>>> = { full: ["postgres", "redis"], staging: ["postgres"] };
const hasTools = (stack: Stack): boolean => stack in TOOLS;

describe("services", () => {
  inEveryStack("are the ones that the stack asks for, each in its number of containers", (program, stack) => {
    const expected = Object.keys(CONTAINERS[stack]).flatMap((service) => containersOf(stack, service));
    assert.deepStrictEqual(program.ofType("Container").map(nameOf).sort(), expected.sort());
    for (const container of program.ofType("Container"))
      assert.equal(serviceOf(container), container.name.replace(/-\d$/, ""));
  });
});

describe("limits", () => {
  everyContainer("has a memory limit and no swap", ({ inputs }) => {
    assert.ok((inputs["memory"] as number) >= 16);
    assert.equal(inputs["memorySwap"], inputs["memory"]);
  });
  everyContainer("has a limit of CPUs in the provider's spelling", ({ inputs }) =>
    assert.match(inputs["cpus"] as string, /^\d+\.\d+$/),
  );
  everyContainer("rotates its log", ({ inputs }) => {
    assert.equal(inputs["logDriver"], "json-file");
    assert.deepStrictEqual(inputs["logOpts"], { "max-file": "3", "max-size": "10m" });
  });
  everyContainer("has a limit of processes, which its gate applies", ({ name }, program) => {
    const gate = JSON.parse(variable(program.find("Command", `${name}-gate`), "GATE")) as { pidsLimit: number };
    assert.ok(gate.pidsLimit >= 20 && gate.pidsLimit <= 4096);
  });
});

describe("life", () => {
  everyContainer("has a health check with canonical times", ({ inputs }) => {
    const check = inputs["healthcheck"] as Record<string, unknown>;
    assert.equal((check["tests"] as string[])[0], "CMD");
    assert.ok((check["tests"] as string[]).length > 1);
    assert.ok((check["retries"] as number) >= 3);
    const canonical = /^((\d+h)?([0-5]?\d)m)?[0-5]?\d(\.\d+)?s$/;
    for (const key of ["interval", "timeout", "startPeriod"]) assert.match(check[key] as string, canonical, key);
  });
  everyContainer("is started again after a crash or a reboot, and repaired when it stands still", ({ inputs }) => {
    assert.equal(inputs["restart"], "unless-stopped");
    assert.equal(inputs["mustRun"], true);
  });
  everyContainer("has time to stop, whoever stops it", ({ inputs }) => {
    assert.ok((inputs["destroyGraceSeconds"] as number) > 0);
    assert.equal(inputs["stopTimeout"], inputs["destroyGraceSeconds"]);
  });
  everyContainer("is stopped by the signal that its software takes for a clean stop", (container) => {
    const others: Record<string, string> = { postgres: "SIGINT", frontend: "SIGQUIT" };
    assert.equal(container.inputs["stopSignal"], others[serviceOf(container)] ?? "SIGTERM", container.name);
  });
  everyContainer("never waits in the provider, which counts a failure as success in the next up", ({ inputs }) =>
    assert.deepStrictEqual(
      [inputs["wait"], inputs["waitTimeout"], inputs["attach"]],
      [undefined, undefined, undefined],
    ),
  );
  everyContainer("names its service, rollout and image for people", ({ inputs }) => {
    const labels = (inputs["labels"] as { label: string; value: string }[]).map(({ label }) => label);
    const expected = ["image", "project", "rollout", "service", "stack"].map((label) => `onehost.${label}`);
    assert.deepStrictEqual(labels, expected);
  });
});

describe("hardening", () => {
  everyContainer("has a read-only root", ({ inputs }) => assert.equal(inputs["readOnly"], true));
  everyContainer("does not run as root", ({ inputs }) => assert.match(inputs["user"] as string, /^[1-9]\d*:[1-9]\d*$/));
  everyContainer("gains no privileges", ({ inputs }) => {
    assert.deepStrictEqual(inputs["securityOpts"], ["no-new-privileges:true"]);
    assert.deepStrictEqual(
      [inputs["privileged"], inputs["devices"], inputs["pidMode"]],
      [undefined, undefined, undefined],
    );
  });
  everyContainer("drops all capabilities; the edge alone gets one back", ({ name, inputs }) => {
    const expected = name === "edge" ? { adds: ["CAP_NET_BIND_SERVICE"], drops: ["ALL"] } : { drops: ["ALL"] };
    assert.deepStrictEqual(inputs["capabilities"], expected);
  });
  everyContainer("runs under an init", ({ inputs }) => assert.equal(inputs["init"], true));
  everyContainer("mounts volumes alone, and its secrets read-only", ({ inputs }) => {
    const mounts = inputs["mounts"] as { type: string; target: string; readOnly: boolean }[];
    for (const { type, target, readOnly } of mounts) {
      assert.equal(type, "volume");
      assert.equal(readOnly, target === "/run/secrets", target);
    }
    assert.equal(inputs["volumes"], undefined);
  });
  everyContainer("has its directories in memory bounded and owned by its user", ({ inputs }) => {
    const [uid, gid] = (inputs["user"] as string).split(":");
    for (const options of Object.values(inputs["tmpfs"] as Record<string, string>))
      assert.match(options, new RegExp(`^size=\\d+,mode=\\d{4},uid=${uid},gid=${gid}$`));
  });

  inEveryStack("only the edge publishes ports, and on loopback what the host's own tools ask for", (program, stack) => {
    const publishing = program.ofType("Container").filter(({ inputs }) => inputs["ports"] !== undefined);
    assert.deepStrictEqual(publishing.map(nameOf).sort(), ["edge", ...(TOOLS[stack] ?? [])]);
    for (const { name, inputs } of publishing)
      for (const { ip } of inputs["ports"] as { ip: string }[]) assert.ok(name === "edge" || ip.startsWith("127."), ip);
    assert.deepStrictEqual(
      program.ofType("Container").filter(({ inputs }) => inputs["publishAllPorts"] || inputs["networkMode"]),
      [],
    );
  });

  inEveryStack("only two networks reach outside, and one more publishes where it is asked for", (program, stack) => {
    const outside = program.ofType("Network").filter(({ inputs }) => inputs["internal"] !== true);
    const tools = hasTools(stack) ? ["network-tools"] : [];
    assert.deepStrictEqual(outside.map(nameOf).sort(), ["network-egress", "network-public", ...tools]);
  });

  inEveryStack("the network to publish from lets nothing out and nobody across", (program, stack) => {
    if (!hasTools(stack)) return;
    assert.deepStrictEqual(program.find("Network", "network-tools").inputs["options"], {
      "com.docker.network.bridge.enable_icc": "false",
      "com.docker.network.bridge.enable_ip_masquerade": "false",
    });
  });

  inEveryStack("what shares the way out does not reach each other through it", (program) =>
    assert.deepStrictEqual(program.find("Network", "network-egress").inputs["options"], {
      "com.docker.network.bridge.enable_icc": "false",
    }),
  );

  everyContainer("is on the networks of its service alone, by their ids", (container) => {
    const joined = (container.inputs["networksAdvanced"] as { name: string }[]).map(({ name }) => name);
    const tools = container.name !== "edge" && container.inputs["ports"] !== undefined ? ["tools"] : [];
    const expected = [...(NETWORKS[serviceOf(container)] ?? []), ...tools].map((network) => `id-of-network-${network}`);
    assert.deepStrictEqual(joined, expected, container.name);
  });

  everyContainer("is reached by its service's name if it is recreated, and by none if it is rolling", (container) => {
    const service = serviceOf(container);
    const aliases = (container.inputs["networksAdvanced"] as { aliases: string[] }[]).flatMap(({ aliases }) => aliases);
    assert.deepStrictEqual([...new Set(aliases)], ROLLING.includes(service) ? [] : [service]);
  });
});

describe("replacement", () => {
  everyContainer("says itself which goes first, and what the provider would not notice", (container) => {
    assert.equal(typeof container.deleteBeforeReplace, "boolean");
    assert.deepStrictEqual(container.replaceOnChanges, SILENTLY_IGNORED);
  });

  everyContainer(
    "that is recreated, and no other, has a fixed name and goes before its successor comes",
    (container) => {
      const rollout = labelOf(container, "onehost.rollout");
      const expected = ROLLING.includes(serviceOf(container)) ? "rolling" : "recreate";
      assert.equal(rollout, expected);
      assert.equal(container.deleteBeforeReplace, rollout === "recreate");
      assert.equal(container.inputs["name"] !== undefined, rollout === "recreate");
    },
  );

  everyContainer(
    "is fed by no other container and no gate, or one replacement would drag others along",
    (container, program) => {
      const feeding = Object.values(container.inputDependencies)
        .flat()
        .map((urn) => program.at(urn));
      const wrong = feeding.filter(({ type, name }) => type.endsWith(":Container") || name.endsWith("-gate"));
      assert.deepStrictEqual(wrong.map(nameOf), []);
    },
  );

  inEveryStack("no container and no job names another container in its inputs", (program) => {
    const containers = program.ofType("Container");
    const names = containers.flatMap(({ name, inputs }) => [
      `id-of-${name}`,
      (inputs["name"] as string | undefined) ?? `autonamed-${name}`,
    ]);
    const jobs = program.ofType("Command").filter(({ inputs }) => inputs["create"] === "components/engine/job.ts");
    for (const { inputs, urn } of [...containers, ...jobs]) {
      const text = JSON.stringify(redacted({ ...inputs, name: undefined }));
      const found = names.filter((name) => new RegExp(`\\b${name}(?![\\w-])`).test(text));
      assert.deepStrictEqual(found, [], urn);
    }
  });
});
