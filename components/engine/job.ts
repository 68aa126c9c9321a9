/**
 * Run by components/job.ts: runs a container once, to its end, and fails with its last log lines where it fails.
 * Environment: DOCKER_HOST and JOB (JSON of JobSpec).
 */
import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { labelFilter } from "../lib/names.ts";
import { required, runCommand } from "./command.ts";
import { lastLogLines } from "./exec.ts";

export interface JobSpec {
  readonly service: string;
  readonly timeoutSeconds: number;
  /** Ids of the networks; the job starts once it is on all of them. */
  readonly networks: readonly string[];
  readonly create: Docker.ContainerCreateOptions;
}

await runCommand(async (engine) => {
  const spec = JSON.parse(required("JOB")) as JobSpec;
  await removeEarlier(engine, spec);
  const container = await create(engine, spec);
  try {
    await container.start();
    await succeed(container, spec);
  } finally {
    await container.remove({ v: true, force: true });
  }
});

/** A run that was killed leaves its container behind; two at once would migrate one database. */
async function removeEarlier(engine: Docker, { create: { Labels } }: JobSpec): Promise<void> {
  const label = labelFilter(Labels ?? {});
  for (const { Id } of await engine.listContainers({ all: true, filters: { label } }))
    await engine.getContainer(Id).remove({ v: true, force: true });
}

async function create(engine: Docker, { networks, create: options }: JobSpec): Promise<Docker.Container> {
  const [first = "none", ...others] = networks;
  const HostConfig = { ...options.HostConfig, NetworkMode: first };
  const container = await engine.createContainer({ ...options, HostConfig });
  for (const network of others) await engine.getNetwork(network).connect({ Container: container.id });
  return container;
}

async function succeed(container: Docker.Container, { service, timeoutSeconds }: JobSpec): Promise<void> {
  const timeout = sleep(timeoutSeconds * 1000, undefined, { ref: false });
  const ended = (await Promise.race([container.wait(), timeout])) as { StatusCode: number } | undefined;
  if (ended?.StatusCode === 0) return;
  const reason = ended ? `exit code ${ended.StatusCode}` : `not done after ${timeoutSeconds} s`;
  const log = (await lastLogLines(container, 20)) || "(it wrote nothing)";
  throw new Error(`${service}: ${reason}\nLast lines of its log:\n${log.replace(/^/gm, "  ")}`);
}
