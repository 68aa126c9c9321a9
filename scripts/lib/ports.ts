import { createServer } from "node:net";
import type Docker from "dockerode";
import { LABEL, type StackId } from "../../components/lib/names.ts";
import { type Published, portFault } from "./obstacles.ts";
import { EXIT, Refusal } from "./outcome.ts";
import { attempt } from "./run.ts";
import { publishedBy } from "./stack-file.ts";

/**
 * To be asked before `up`, which else fails at the last container but one. Only where the engine is on this machine.
 * @throws Refusal where somebody else listens where the stack is to be served.
 */
export async function needPorts(docker: Docker, id: StackId): Promise<void> {
  for (const published of publishedBy(id.stack)) {
    const container = await publisher(docker, published);
    if (container !== undefined && isEdgeOf(id, container)) continue;
    if (container === undefined && !(await isTaken(published))) continue;
    const who = container ? `the container ${container.Names[0]?.slice(1)}` : await listenerOn(published.port);
    throw new Refusal(EXIT.failed, portFault(published, who, id.stack));
  }
}

async function publisher(docker: Docker, { ip, port }: Published): Promise<Docker.ContainerInfo | undefined> {
  const overlaps = (other: string | undefined): boolean =>
    [ip, "0.0.0.0", "::"].includes(other ?? "") || ip === "0.0.0.0";
  const containers = await docker.listContainers();
  return containers.find(({ Ports }) => Ports.some(({ PublicPort, IP }) => PublicPort === port && overlaps(IP)));
}

function isEdgeOf({ project, stack }: StackId, { Labels }: Docker.ContainerInfo): boolean {
  return Labels[LABEL.project] === project && Labels[LABEL.stack] === stack && Labels[LABEL.service] === "edge";
}

/** Tries it. Not being allowed to (a low port, without root), or an address of another machine, says nothing. */
function isTaken({ ip, port }: Published): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "EADDRINUSE"));
    server.listen({ host: ip, port, exclusive: true }, () => server.close(() => resolve(false)));
  });
}

/** `process 4711 (nginx)`; undefined where neither tool is there, or the process is another user's. */
async function listenerOn(port: number): Promise<string | undefined> {
  const ss = await attempt("ss", ["-ltnpH", `sport = :${port}`]).catch(() => undefined);
  const [, name, pid] = /users:\(\("([^"]+)",pid=(\d+)/.exec(ss?.output ?? "") ?? [];
  if (pid !== undefined) return `process ${pid} (${name})`;
  const lsof = await attempt("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"]).catch(() => undefined);
  const [, id, command] = /^p(\d+)\nc(.+)$/m.exec(lsof?.output ?? "") ?? [];
  return id === undefined ? undefined : `process ${id} (${command})`;
}
