import type Docker from "dockerode";

interface BuildEvent {
  readonly stream?: string;
  readonly error?: string;
}

/** Resolves when the build is done; fails with its last lines. */
export function followed(docker: Docker, tag: string, stream: NodeJS.ReadableStream): Promise<void> {
  const log: string[] = [];
  return new Promise((resolve, reject) => {
    const onEvent = (event: BuildEvent): void => void log.push(event.stream ?? event.error ?? "");
    const onEnd = (error: Error | null): void => {
      if (error === null) resolve();
      else reject(new Error(`image ${tag}: ${error.message}\n${log.join("").split("\n").slice(-15).join("\n")}`));
    };
    docker.modem.followProgress(stream, onEnd, onEvent);
  });
}
