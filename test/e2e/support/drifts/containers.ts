import assert from "node:assert/strict";
import { type Drift, MIB, NAME } from "./drift.ts";

/** Containers and what `docker update` changes. */
export const CONTAINERS: readonly Drift[] = [
  {
    name: "limit of processes changed",
    make: (host) => host.update("postgres", { PidsLimit: 500 }),
    shows: ["postgres: pids limit: 500 (declared: 120); up sets it", "replace postgres-gate: triggers[0], triggers[1]"],
    cured: async (host) => assert.equal((await host.inspect("postgres")).HostConfig.PidsLimit, 120),
  },
  {
    name: "paused",
    make: (host) => host.pause("redis"),
    shows: ["redis: state: paused (declared: running); up unpauses it", "replace redis-gate: triggers[0]"],
    cured: async (host) => assert.equal((await host.inspect("redis")).State.Paused, false),
  },
  {
    name: "process 1 stopped by a signal",
    make: (host) => host.signal("postgres", "SIGSTOP"),
    shows: [
      "postgres: state: process 1 stopped by a signal: it hears of no docker stop (declared: running); up continues it",
    ],
  },
  {
    name: "restart policy changed",
    make: (host) => host.update("edge", { RestartPolicy: { Name: "no" } }),
    shows: ["update edge: restart"],
    cured: async (host) => assert.equal((await host.inspect("edge")).HostConfig.RestartPolicy?.Name, "unless-stopped"),
  },
  {
    name: "stopped",
    make: (host) => host.stop("backend-0"),
    shows: ["backend: state: exited, exit code 143 (declared: running); up starts it and waits until it is ready"],
    cured: async (host) => assert.equal((await host.inspect("backend-0")).State.Running, true),
  },
  {
    name: "memory changed",
    make: (host) => host.update("backend-1", { Memory: 300 * MIB, MemorySwap: 300 * MIB }),
    shows: ["update backend-1: memory, memorySwap"],
    cured: async (host) => assert.equal((await host.inspect("backend-1")).HostConfig.Memory, 256 * MIB),
  },
  {
    name: "removed",
    make: (host) => host.remove("frontend-0"),
    shows: ["create frontend-0"],
  },
  {
    name: "killed",
    make: (host) => host.kill("worker-0"),
    shows: ["worker: state: exited, exit code 137 (declared: running); up starts it and waits until it is ready"],
  },
  {
    name: "renamed",
    make: (host) => host.rename("beat", `${NAME}-other`),
    shows: [
      "replace beat: name",
      `host: stray container: ${NAME}-other, with this stack's labels, made from IMAGE; up removes it if Pulumi made it; if somebody else did: docker rm -f ${NAME}-other`,
    ],
    cured: async (host) => assert.equal((await host.inspect("beat")).State.Running, true),
  },
  {
    name: "cpu shares, cpuset or memory reservation set",
    make: (host) => host.update("bot", { CpuShares: 512, CpusetCpus: "0", MemoryReservation: 32 * MIB }),
    shows: [
      "bot: cpu shares: 512 (declared: none); up sets it",
      "bot: memory reservation: 32 MiB (declared: none); up sets it",
      "bot: cpuset: 0 (declared: all); up sets it",
    ],
    cured: async (host) => assert.equal((await host.inspect("bot")).HostConfig.CpuShares, 1024),
  },
];
