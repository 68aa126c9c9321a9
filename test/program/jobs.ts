// Does not prove what the engine makes of a job; test/e2e reads one back. job-spec.test.ts has the whole request.
import assert from "node:assert/strict";
import type { Registered, Registrations } from "../support/mocks.ts";
import { inEveryStack, type Job, jobsOf, variable, volumeNamed } from "../support/stacks.ts";

/** Declares one test per stack, which looks at every job. */
function everyJob(title: string, test: (job: Job, command: Registered, program: Registrations) => void): void {
  inEveryStack(`every job ${title}`, (program, stack) => {
    const jobs = jobsOf(program);
    assert.equal(jobs.length, stack === "least" ? 0 : 2);
    for (const { job, command } of jobs) test(job, command, program);
  });
}

describe("jobs", () => {
  everyJob("runs the application's image as the application's user", ({ create }, _, program) => {
    const backend = program.find("Container", "backend-0");
    assert.deepStrictEqual([create.Image, create.User], [backend.inputs["image"], backend.inputs["user"]]);
  });

  everyJob("is as locked down as a container", ({ create: { HostConfig: host } }) => {
    const { ReadonlyRootfs, Init, CapDrop, SecurityOpt, Memory, MemorySwap } = host;
    assert.deepStrictEqual(
      [ReadonlyRootfs, Init, CapDrop, SecurityOpt],
      [true, true, ["ALL"], ["no-new-privileges:true"]],
    );
    assert.ok((Memory as number) > 0 && Memory === MemorySwap);
    assert.ok((host["NanoCpus"] as number) > 0 && (host["PidsLimit"] as number) > 0);
    assert.deepStrictEqual(
      [host["Privileged"], host["PortBindings"], host["CapAdd"]],
      [undefined, undefined, undefined],
    );
  });

  everyJob("reads the application's secrets, and no other's", ({ create }, { name }, program) => {
    const mounts = create.HostConfig.Mounts.filter(({ ReadOnly }) => ReadOnly);
    const volumes = mounts.map(({ Source, Target }) => [volumeNamed(program, Source).name, Target]);
    assert.deepStrictEqual(volumes, [["app-secrets", "/run/secrets"]], name);
  });

  everyJob("reaches what it proves or migrates", ({ networks }, { name }) => {
    const expected = { migrations: ["data"], "worker-proof": ["data", "egress"] }[name];
    assert.deepStrictEqual(
      networks,
      expected?.map((network) => `id-of-network-${network}`),
    );
  });

  everyJob("is no rolling container: the switch would sweep it", ({ create }) =>
    assert.equal(create.Labels["onehost.rollout"], "job"),
  );

  everyJob("runs again when image, secrets or plan change, and only then", (_, { inputs }) => {
    assert.equal(inputs["triggers"], undefined);
    assert.deepStrictEqual(Object.keys(inputs["environment"] as object).sort(), ["DOCKER_HOST", "JOB"]);
  });

  inEveryStack("the proof of a worker has the worker's limits", (program) => {
    for (const { command, job } of jobsOf(program).filter(({ command }) => command.name === "worker-proof")) {
      const { inputs } = program.find("Container", "worker-0");
      assert.equal(job.create.HostConfig["Memory"], (inputs["memory"] as number) * 2 ** 20);
      const gate = JSON.parse(variable(program.find("Command", "worker-0-gate"), "GATE")) as { pidsLimit: number };
      assert.equal(job.create.HostConfig["PidsLimit"], gate.pidsLimit, command.name);
    }
  });
});
