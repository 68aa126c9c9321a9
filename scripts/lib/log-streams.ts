import { once } from "node:events";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { LABEL, labelFilter, stackLabels } from "../../components/lib/names.ts";
import type { LogChoice } from "./log-options.ts";
import { type LogLine, parseLogLine } from "./log-lines.ts";
import type { RunningStack } from "./running-stack.ts";
import { containersOf, labelOf, type StackContainer } from "./stack-containers.ts";

type Sink = (line: LogLine) => void;

/** The one method of docker-modem that is used here; the package ships no types. */
interface Demultiplexer {
  demuxStream(stream: NodeJS.ReadableStream, stdout: NodeJS.WritableStream, stderr: NodeJS.WritableStream): void;
}

/** Hands over what containers have written, and ends. */
export async function readLogs(
  { docker }: RunningStack,
  containers: readonly StackContainer[],
  choice: LogChoice,
  sink: Sink,
): Promise<void> {
  await Promise.all(
    containers.map(async (container) => {
      const raw = await docker.getContainer(container.id).logs({ ...query(choice), follow: false });
      await handOver(docker.modem, new PassThrough().end(raw), labelOf(container), sink);
    }),
  );
}

/**
 * Hands over what containers write from now on, after what they have written, for ever: also those that start later.
 * `isWanted` says which of those count.
 */
export async function followLogs(
  stack: RunningStack,
  isWanted: (container: StackContainer) => boolean,
  choice: LogChoice,
  sink: Sink,
): Promise<never> {
  const follow = async (container: StackContainer, from: LogChoice): Promise<void> => {
    const logs = await stack.docker.getContainer(container.id).logs({ ...query(from), follow: true });
    void handOver(stack.docker.modem, logs, labelOf(container), sink);
  };
  const starts = await startsOf(stack);
  // One after the other: over ssh each is a connection, and sshd turns away too many at once.
  for (const container of stack.containers.filter(isWanted)) await follow(container, choice);
  for await (const line of createInterface({ input: starts })) {
    const { id, timeNano } = JSON.parse(line) as { id: string; timeNano: number };
    const started = (await containersOf(stack.docker, stack.id)).find((container) => container.id === id);
    const since = { tail: undefined, since: Math.floor(timeNano / 1e6) / 1000 };
    if (started !== undefined && isWanted(started)) await follow(started, since);
  }
  throw new Error("the Docker host ended the connection; run this again");
}

/** The engine's news of containers of the stack that start; its log's own stream ends when a container does. */
function startsOf({ docker, id }: RunningStack): Promise<NodeJS.ReadableStream> {
  const label = [...labelFilter(stackLabels(id)), LABEL.service];
  return docker.getEvents({ filters: { type: ["container"], event: ["start"], label } });
}

function query({ tail, since }: LogChoice) {
  const chosen = { ...(tail !== undefined && { tail }), ...(since !== undefined && { since }) };
  return { stdout: true, stderr: true, timestamps: true, ...chosen };
}

async function handOver(modem: Demultiplexer, logs: NodeJS.ReadableStream, source: string, sink: Sink): Promise<void> {
  const streams = [new PassThrough(), new PassThrough()] as const;
  const lines = streams.map((input) => createInterface({ input, crlfDelay: Infinity }));
  const ends = lines.map((reader) =>
    once(
      reader.on("line", (line) => sink(parseLogLine(source, line))),
      "close",
    ),
  );
  modem.demuxStream(logs, ...streams);
  logs.on("end", () => streams.forEach((stream) => stream.end()));
  logs.on("error", () => streams.forEach((stream) => stream.end()));
  await Promise.all(ends);
}
