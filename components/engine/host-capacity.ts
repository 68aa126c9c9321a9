import type Docker from "dockerode";
import type { Capacity } from "../lib/capacity.ts";

/** Memory and CPUs of the host, as its engine counts them. */
export async function readCapacity(engine: Docker): Promise<Capacity> {
  return (await readHost(engine)).capacity;
}

/** What the engine says of its host, its clock included: another machine's may differ from ours. */
export async function readHost(engine: Docker): Promise<{ capacity: Capacity; clock: Date }> {
  const { MemTotal, NCPU, SystemTime } = (await engine.info()) as {
    MemTotal: number;
    NCPU: number;
    SystemTime: string;
  };
  return { capacity: { memory: { bytes: MemTotal }, cpus: NCPU }, clock: new Date(SystemTime) };
}
