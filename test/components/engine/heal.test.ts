// Does not prove that a real engine takes these requests; test/e2e/drift.e2e.ts sees them work.
import assert from "node:assert/strict";
import Docker from "dockerode";
import { heal, type Healthy } from "../../../components/engine/heal.ts";
import { type Answers, type Asked, frame, withEngine } from "../../support/fake-engine.ts";

const HEALTHY: Healthy = { service: "redis", pidsLimit: 50, networks: { data: ["redis"] }, restartable: true };
const CHECKED: Healthy = { ...HEALTHY, check: { command: ["check"], repair: ["repair"] } };
const UPDATE = 'POST /containers/c1/update {"PidsLimit":50}';
const ON_DATA = { data: { Aliases: ["redis", "c1"] } };

const starting = (FinishedAt: string): object => ({ Health: { Status: "starting" }, FinishedAt });

const RUN = (command: string): string =>
  `POST /containers/c1/exec {"Cmd":["${command}"],"AttachStdout":true,"AttachStderr":true}`;

/** What an engine is asked to do for a container in a state, whose commands print this. */
async function asked(differing: object, healthy: Healthy, output = "", exitCode = 0): Promise<string[]> {
  const base = {
    Id: "c1",
    Name: "/onehost-dev-redis",
    HostConfig: {},
    State: {},
    NetworkSettings: { Networks: ON_DATA },
  };
  const answers: Answers = [
    [/^GET \/info$/, () => ({ NCPU: 4 })],
    [/^POST \/containers\/c1\/exec$/, () => ({ Id: "e1" })],
    [/^POST \/exec\/e1\/start$/, () => frame(output)],
    [/^GET \/exec\/e1\/json$/, () => ({ ExitCode: exitCode })],
    [/^POST /, () => ({})],
  ];
  const { requests } = await withEngine<Partial<Asked>>(answers, async (endpoint) => {
    const engine = new Docker({ socketPath: endpoint.replace("unix://", "") });
    await heal({ engine, container: engine.getContainer("c1"), info: { ...base, ...differing } as never }, healthy);
    return {};
  });
  return requests.filter((request) => !/^\w+ \/exec\//.test(request));
}

describe("healing a container", () => {
  it("that is well does no more than limit its processes", async () =>
    assert.deepStrictEqual(await asked({}, HEALTHY), [UPDATE]));

  it("that is paused unpauses it first", async () =>
    assert.deepStrictEqual(await asked({ State: { Paused: true } }, HEALTHY), ["POST /containers/c1/unpause", UPDATE]));

  it("that waits for its next start is started now, unless it is new: then it will crash again", async () => {
    const restarting = (Created: Date): object => ({ Created: Created.toISOString(), State: { Restarting: true } });
    const aMinuteAgo = new Date(Date.now() - 60_000);
    assert.deepStrictEqual(await asked(restarting(aMinuteAgo), HEALTHY), ["POST /containers/c1/restart", UPDATE]);
    assert.deepStrictEqual(await asked(restarting(new Date()), HEALTHY), [UPDATE]);
  });

  it("gives limits that cannot be unset values without effect", async () => {
    const HostConfig = { CpuShares: 2, BlkioWeight: 10, MemoryReservation: 9, CpusetCpus: "1" };
    const limits = '"CpuShares":1024,"BlkioWeight":500,"MemoryReservation":6291456,"CpusetCpus":"0-3"';
    assert.deepStrictEqual(await asked({ HostConfig }, HEALTHY), [
      "GET /info",
      `POST /containers/c1/update {"PidsLimit":50,${limits}}`,
    ]);
  });

  const connect = 'POST /networks/data/connect {"Container":"c1","EndpointConfig":{"Aliases":["redis"]}}';
  const disconnect = (network: string): string => `POST /networks/${network}/disconnect {"Container":"c1"}`;
  const networks = (Networks: object): object => ({ NetworkSettings: { Networks } });

  it("connects it first, and disconnects it then: on no network it would lose what it publishes", async () =>
    assert.deepStrictEqual(await asked(networks({ bridge: {} }), HEALTHY), [UPDATE, connect, disconnect("bridge")]));

  it("connects it anew for another alias", async () => {
    for (const Aliases of [null, ["redis", "cache"]])
      assert.deepStrictEqual(await asked(networks({ data: { Aliases } }), HEALTHY), [
        UPDATE,
        disconnect("data"),
        connect,
      ]);
  });

  const unhealthy = { State: { Health: { Status: "unhealthy", FailingStreak: 3 } } };

  it("restarts what its health check has given up, where that may help", async () => {
    assert.deepStrictEqual(await asked(unhealthy, HEALTHY), [UPDATE, "POST /containers/c1/restart"]);
    assert.deepStrictEqual(await asked(unhealthy, { ...HEALTHY, restartable: false }), [UPDATE]);
  });

  it("only unpauses what is called unhealthy because it was paused", async () => {
    const paused = { State: { Paused: true, Health: { Status: "unhealthy", FailingStreak: 0 } } };
    assert.deepStrictEqual(await asked(paused, HEALTHY), ["POST /containers/c1/unpause", UPDATE]);
  });
});

describe("healing what was changed inside a container", () => {
  const report = "setting save\t60 1\tempty\n";

  it("repairs it by the service's command", async () =>
    assert.deepStrictEqual(await asked({}, CHECKED, report), [UPDATE, RUN("check"), RUN("repair")]));

  it("or by a restart", async () => {
    const restarted: Healthy = { ...HEALTHY, check: { command: ["check"], repair: "restart" } };
    assert.deepStrictEqual(await asked({}, restarted, report), [UPDATE, RUN("check"), "POST /containers/c1/restart"]);
  });

  it("leaves the edge to its switch", async () =>
    assert.deepStrictEqual(await asked({}, { ...HEALTHY, check: { command: ["check"], repair: "switch" } }, report), [
      UPDATE,
    ]));

  for (const [title, output, exitCode] of [
    ["nothing was", "", 0],
    ["people have to see to it", "disk\t90% full\tat most 85%\tmake room\n", 0],
    ["the check failed", report, 1],
  ] as const)
    it(`does nothing where ${title}`, async () =>
      assert.deepStrictEqual(await asked({}, CHECKED, output, exitCode), [UPDATE, RUN("check")]));

  it("waits until a server has started", async () =>
    assert.deepStrictEqual(await asked({ State: starting("0001-01-01T00:00:00Z") }, CHECKED, report), [UPDATE]));

  it("that was only restarted is looked into at once", async () =>
    assert.deepStrictEqual(await asked({ State: starting("2026-01-02T03:04:05.6Z") }, CHECKED, report), [
      UPDATE,
      RUN("check"),
      RUN("repair"),
    ]));
});
