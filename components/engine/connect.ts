import Docker from "dockerode";
import { transport } from "./transport.ts";

/** Where a Docker Engine is found when nothing says otherwise. */
export const LOCAL_SOCKET = "unix:///var/run/docker.sock";

/**
 * An API client for the Docker Engine at an address, as `transport` takes it. Nothing is contacted before the first
 * request. `connections` is how many of ssh there may be at once, where more than usual stay open.
 * @throws Error for an unknown kind of address.
 */
export function connect(endpoint: string, connections?: number): Docker {
  const way = transport(endpoint);
  if (way.agent !== undefined && connections !== undefined) way.agent.maxSockets = connections;
  // dockerode takes what is not stated from DOCKER_HOST, and a host of that would win over a socket of ours.
  return new Docker({ host: undefined, ...way });
}
