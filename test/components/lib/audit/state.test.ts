// Does not prove what states a real engine reports; test/e2e/drift.e2e.ts does.
import assert from "node:assert/strict";
import { isCrashing, stateFindings } from "../../../../components/lib/audit/state.ts";
import type { Seen, SeenContainer } from "../../../../components/lib/audit/seen.ts";
import { BACKEND, containerOf, type Differing, hostWith, NOW, REDIS } from "../../../support/seen.ts";

const minutesAgo = (minutes: number): string => new Date(NOW.getTime() - minutes * 60_000).toISOString();

const hostOf = (...others: SeenContainer[]): Seen => hostWith(others);

function backend(differing: Differing, ...others: SeenContainer[]): object[] {
  return stateFindings(BACKEND, containerOf(BACKEND, differing), hostOf(...others));
}

const running = { property: "state", declared: "running", cure: "gate" };

describe("stateFindings", () => {
  it("has nothing to say of a container that is well", () => assert.deepStrictEqual(backend({}), []));

  it("has nothing to say of a container without a health check that runs", () => {
    const container = containerOf(BACKEND);
    delete container.info.State.Health;
    assert.deepStrictEqual(stateFindings(BACKEND, container, hostOf()), []);
  });

  it("names a paused container, and nothing that follows from it", () =>
    assert.deepStrictEqual(backend({ state: { Paused: true, Health: { Status: "unhealthy", FailingStreak: 9 } } }), [
      { ...running, found: "paused", remedy: "up unpauses it", gap: false },
    ]));

  it("names a process 1 that was stopped by a signal", () =>
    assert.deepStrictEqual(backend({ seen: { isHalted: true } }), [
      {
        ...running,
        found: "process 1 stopped by a signal: it hears of no docker stop",
        remedy: "up continues it",
        gap: false,
      },
    ]));

  it("names a container in which a process was killed for want of memory, beside what is wrong with its health", () => {
    const Health = { Status: "unhealthy", FailingStreak: 3 };
    const [memory, health, ...more] = backend({ state: { Health }, seen: { isStarved: true } }) as {
      property: string;
    }[];
    assert.deepStrictEqual(memory, {
      property: "memory",
      found: "a process was killed for want of it",
      cure: "people",
      remedy: "give it more (backend.memory), or see what needed it",
      gap: false,
    });
    assert.deepStrictEqual([health?.property, more], ["health", []]);
  });

  it("names a stopped container with its exit code", () =>
    assert.deepStrictEqual(backend({ state: { Status: "exited", Running: false, ExitCode: 137 } }), [
      { ...running, found: "exited, exit code 137", remedy: "up starts it and waits until it is ready", gap: true },
    ]));

  it("says that a container was killed for want of memory", () => {
    const [finding] = backend({ state: { Status: "exited", Running: false, ExitCode: 137, OOMKilled: true } });
    assert.equal((finding as { found: string }).found, "exited, exit code 137, killed for want of memory");
  });

  it("tells a stop from that, where only a child was killed before", () => {
    const [finding] = backend({ state: { Status: "exited", Running: false, ExitCode: 143, OOMKilled: true } });
    const { found } = finding as { found: string };
    assert.equal(found, "exited, exit code 143, after a process was killed for want of memory");
  });
});

describe("a crash loop", () => {
  const loop = {
    property: "state",
    cure: "people",
    remedy: "no up cures it: correct the image or its settings",
    gap: false,
  };
  const restarting = { Status: "restarting", Restarting: true, ExitCode: 1 };

  it("is named with count, exit code and the last words of the log", () => {
    const seen = { lastWords: "ModuleNotFoundError: No module named 'telegram_bot'" };
    const found =
      "restarted 7 times by Docker, exit code 1, last line of its log: " +
      "ModuleNotFoundError: No module named 'telegram_bot'";
    assert.deepStrictEqual(backend({ state: restarting, info: { RestartCount: 7 }, seen }), [{ ...loop, found }]);
  });

  it("is named while the container runs between two crashes, as far as the engine remembers the last one", () => {
    const state = { StartedAt: minutesAgo(9), Health: { Status: "starting", FailingStreak: 0 } };
    const named = (seen: Partial<SeenContainer>): object[] => backend({ state, info: { RestartCount: 1 }, seen });
    assert.deepStrictEqual(named({}), [{ ...loop, found: "restarted once by Docker" }]);
    assert.deepStrictEqual(named({ ending: { exitCode: 0, outOfMemory: false } }), [
      { ...loop, found: "restarted once by Docker, exit code 0" },
    ]);
    assert.deepStrictEqual(named({ ending: { exitCode: 137, outOfMemory: true } }), [
      { ...loop, found: "restarted once by Docker, exit code 137, killed for want of memory" },
    ]);
  });

  it("may be over", () =>
    assert.deepStrictEqual(backend({ state: { StartedAt: minutesAgo(1) }, info: { RestartCount: 1 } }), [
      { ...loop, found: "restarted once by Docker", remedy: "it runs again; its log says what happened" },
    ]));

  it("says that memory was wanting", () =>
    assert.deepStrictEqual(
      backend({ state: { ...restarting, ExitCode: 137, OOMKilled: true }, info: { RestartCount: 2 } }),
      [{ ...loop, found: "restarted 2 times by Docker, exit code 137, killed for want of memory" }],
    ));

  it("is no news when the container has run for ten minutes since", () => {
    assert.deepStrictEqual(backend({ state: { StartedAt: minutesAgo(10) }, info: { RestartCount: 1 } }), []);
    const { info } = containerOf(BACKEND, { state: { StartedAt: minutesAgo(9.99) }, info: { RestartCount: 1 } });
    assert.equal(isCrashing(info, NOW), true);
  });

  it("is none where people started the container", () =>
    assert.deepStrictEqual(backend({ state: { StartedAt: minutesAgo(1) } }), []));
});

describe("a failing health check", () => {
  const failing = (streak: number, status = "unhealthy"): Differing => ({
    state: {
      Health: { Status: status, FailingStreak: streak, Log: [{ Output: "trace\nconnection refused\n" }] as never },
    },
  });
  const health = { property: "health", declared: "healthy" };

  it("is none after a single failure: on a busy host a probe now and then takes too long", () =>
    assert.deepStrictEqual(backend(failing(1, "healthy")), []));

  it("is none where Docker stopped asking because the container was paused", () => {
    assert.deepStrictEqual(backend(failing(0)), []);
    const [finding] = backend(failing(3), containerOf(REDIS, failing(0)));
    assert.equal((finding as { remedy: string }).remedy, "up restarts it");
  });

  it("is left alone until Docker has given it up", () =>
    assert.deepStrictEqual(backend(failing(2, "healthy")), [
      {
        ...health,
        found: "healthy, 2 failures in a row: connection refused",
        cure: "people",
        remedy: "look again: Docker has not given it up yet",
        gap: false,
      },
    ]));

  it("of a rolling service is cured by a restart, beside the others", () =>
    assert.deepStrictEqual(backend(failing(3)), [
      {
        ...health,
        found: "unhealthy, 3 failures in a row: connection refused",
        cure: "gate",
        remedy: "up restarts it",
        gap: false,
      },
    ]));

  it("of a recreated one is cured by a restart that users notice", () => {
    const plan = { ...BACKEND, service: "edge", rollout: "recreate" as const };
    const [finding] = stateFindings(plan, containerOf(plan, failing(3)), hostOf());
    assert.equal((finding as { gap: boolean }).gap, true);
  });

  it("of the data is left to people", () => {
    const [finding] = stateFindings(REDIS, containerOf(REDIS, failing(3)), hostOf());
    assert.deepStrictEqual(finding, {
      ...health,
      found: "unhealthy, 3 failures in a row: connection refused",
      cure: "people",
      remedy: "look at its log first; a restart while it recovers makes it start all over",
      gap: false,
    });
  });

  for (const [title, state] of Object.entries({
    stopped: { Running: false },
    paused: { Paused: true },
    unhealthy: { Health: { Status: "unhealthy", FailingStreak: 3 } },
  }))
    it(`waits for data that is ${title}`, () => {
      const [finding] = backend(failing(3), containerOf(REDIS, { state }));
      const { cure, remedy } = finding as { cure: string; remedy: string };
      assert.deepStrictEqual([cure, remedy], ["people", "redis is not well either; see to that first"]);
    });

  it("is cut to what fits a line", () => {
    const Log = [{ Output: "x".repeat(300) }] as never;
    const [finding] = backend({ state: { Health: { Status: "unhealthy", FailingStreak: 3, Log } } });
    assert.equal((finding as { found: string }).found, `unhealthy, 3 failures in a row: ${"x".repeat(200)}`);
  });
});
