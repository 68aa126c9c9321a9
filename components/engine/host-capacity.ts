import type Docker from "dockerode";
import type { Capacity } from "../lib/capacity.ts";

/** Memory and CPUs of the host, as its engine counts them. */
export async function readCapacity(engine: Docker): Promise<Capacity> {
  const { MemTotal, NCPU } = (await engine.info()) as { MemTotal: number; NCPU: number };
  return { memory: { bytes: MemTotal }, cpus: NCPU };
}
