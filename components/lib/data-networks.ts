import type { PublishedPort, ServicePlan } from "./plan.ts";
import type { Settings } from "./settings.ts";

/** Networks of a service with data: internal, and one more to publish a port from where the host's own tools ask for it. */
export function dataNetworks({
  publish,
}: {
  publish?: PublishedPort | undefined;
}): Pick<ServicePlan, "networks" | "ports"> {
  return publish === undefined ? { networks: ["data"] } : { networks: ["data", "tools"], ports: [publish] };
}

/** Whether programs of the host itself reach Postgres or Redis through a port. */
export function isReachedByTools({ postgres, redis }: Pick<Settings, "postgres" | "redis">): boolean {
  return postgres.publish !== undefined || redis.publish !== undefined;
}
