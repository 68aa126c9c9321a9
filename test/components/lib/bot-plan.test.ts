// Does not prove that a bot which crashes is caught while it settles; test/e2e does. settings.test.ts: when there is one.
import assert from "node:assert/strict";
import { botPlan } from "../../../components/lib/bot-plan.ts";
import { seconds } from "../../../components/lib/duration.ts";
import type { BotSettings } from "../../../components/lib/settings.ts";
import { mib } from "../../../components/lib/size.ts";
import { checkOf } from "../../support/plans.ts";

const SETTINGS: BotSettings = {
  image: { ref: "bot:1" },
  command: [],
  user: "10001:10002",
  env: { LANG: "de" },
  secrets: {},
  probe: [],
  memory: mib(256),
  cpus: "0.5",
  pidsLimit: 100,
};

describe("botPlan", () => {
  it("is one bot at a time, which has to hold for a while where it has no probe of its own", () =>
    assert.deepStrictEqual(botPlan(SETTINGS), {
      service: "bot",
      rollout: "recreate",
      user: "10001:10002",
      env: { LANG: "de" },
      networks: ["data", "egress"],
      tmpfs: { "/tmp": { size: mib(16) } },
      memory: mib(256),
      cpus: "0.5",
      pidsLimit: 100,
      init: true,
      stopSignal: "SIGTERM",
      stopGrace: seconds(15),
      healthcheck: checkOf(["true"], 60),
      readiness: { probes: [["true"]], timeout: seconds(60), settle: seconds(5) },
    }));

  it("has the command and the probe of the settings where there are any", () => {
    const own = { command: ["python", "-m", "bot"], probe: ["python", "-m", "bot.alive"] };
    const { command, healthcheck, readiness } = botPlan({ ...SETTINGS, ...own });
    assert.deepStrictEqual(
      { command, healthcheck, readiness },
      {
        command: own.command,
        healthcheck: checkOf(own.probe, 60),
        readiness: { probes: [own.probe], timeout: seconds(60), settle: seconds(5) },
      },
    );
  });
});
