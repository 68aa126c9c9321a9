import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { LABEL, labelFilter } from "../lib/names.ts";

/** Files of volumes to remove, by absolute path at which a container would see them. */
export interface Removal {
  readonly labels: Readonly<Record<string, string>>;
  readonly mounts: Docker.MountSettings[];
  readonly paths: readonly string[];
}

const TIMEOUT_MILLISECONDS = 60_000;

/**
 * Removes files from volumes. The engine's API only ever adds files, so a container has to: of Postgres' image, which
 * has a shell and its tools, as its entrypoint needs them too.
 * @throws Error where the stack has no Postgres, or where they cannot be removed.
 */
export async function removeFiles(engine: Docker, { labels, mounts, paths }: Removal): Promise<void> {
  if (paths.length === 0) return;
  const container = await engine.createContainer({
    Image: await imageWithTools(engine, labels),
    Entrypoint: ["rm", "-rf", "--"],
    Cmd: [...paths],
    User: "0:0",
    Labels: { ...labels, [LABEL.rollout]: "job" },
    NetworkDisabled: true,
    HostConfig: { Mounts: mounts, ReadonlyRootfs: true, CapDrop: ["ALL"], CapAdd: ["DAC_OVERRIDE"] },
  });
  try {
    await container.start();
    const ended = (await Promise.race([container.wait(), timeout()])) as { StatusCode: number } | undefined;
    if (ended?.StatusCode !== 0) throw new Error(`cannot remove ${paths.join(", ")}`);
  } finally {
    await container.remove({ v: false, force: true });
  }
}

function timeout(): Promise<undefined> {
  return sleep(TIMEOUT_MILLISECONDS, undefined, { ref: false });
}

async function imageWithTools(engine: Docker, labels: Removal["labels"]): Promise<string> {
  const label = labelFilter({ ...labels, [LABEL.service]: "postgres" });
  const [postgres] = await engine.listContainers({ all: true, filters: { label } });
  if (!postgres) throw new Error("there is no Postgres on the host whose image could remove files; run up again");
  return postgres.ImageID;
}
