// As much of a Docker Engine's API as our scripts speak, on a socket of its own, and the scripts run against it.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { text } from "node:stream/consumers";

/** What the engine answers to `METHOD /path`, without the query. The first pattern that matches counts. */
export type Answers = readonly (readonly [RegExp, (body: string) => object | Buffer])[];

export interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Every request, as `METHOD /path body`. */
  readonly requests: readonly string[];
}

/** A frame of a container's output. */
export function frame(output: string, stream = 1): Buffer {
  const content = Buffer.from(output);
  const header = Buffer.alloc(8);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(content.length, 4);
  return Buffer.concat([header, content]);
}

/** Runs a script of components/engine as Pulumi does, against an engine that answers so. */
export async function runScript(
  script: string,
  answers: Answers,
  { environment = {}, stdin = "" }: { environment?: Record<string, string>; stdin?: string },
): Promise<Outcome> {
  const folder = mkdtempSync(`${tmpdir()}/onehost-engine-`);
  const requests: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const line = `${request.method} ${pathOf(request)}`;
      requests.push(`${line} ${body}`.trim());
      const answer = answers.find(([pattern]) => pattern.test(line))?.[1](body);
      response.statusCode = answer ? 200 : 404;
      response.end(Buffer.isBuffer(answer) ? answer : JSON.stringify(answer ?? { message: `no ${line}` }));
    });
  });
  await new Promise<void>((resolve) => server.listen(`${folder}/engine.sock`, resolve));
  try {
    const env = { ...process.env, ...environment, DOCKER_HOST: `unix://${folder}/engine.sock` };
    return { ...(await run(script, env, stdin)), requests };
  } finally {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  }
}

const pathOf = ({ url = "" }: IncomingMessage): string => url.split("?")[0] as string;

async function run(script: string, env: NodeJS.ProcessEnv, stdin: string): Promise<Omit<Outcome, "requests">> {
  const path = `${import.meta.dirname}/../../components/engine/${script}.ts`;
  const child = spawn("node", ["--import", "tsx", path], { env });
  child.stdin.end(stdin);
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { exitCode, stdout, stderr };
}
