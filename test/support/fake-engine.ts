// As much of a Docker Engine's API as our scripts speak, on a socket of its own, and the scripts run against it.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { text } from "node:stream/consumers";

/** What the engine answers to `METHOD /path`, without the query. The first pattern that matches counts. */
export type Answers = readonly (readonly [RegExp, (body: string) => Answer | Promise<Answer>])[];
type Answer = object | Buffer | Trouble;

/** An answer that is an error. */
export class Trouble {
  constructor(
    readonly status: number,
    readonly message: string,
  ) {}
}

/** What an engine was asked. */
export interface Asked {
  /** Every request, as `METHOD /path body`. */
  readonly requests: string[];
  /** The query of every request that has one, as `METHOD /path name=value …`. */
  readonly queries: string[];
}

export interface Outcome extends Asked {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A frame of a container's output. */
export function frame(output: string, stream = 1): Buffer {
  const content = Buffer.from(output);
  const header = Buffer.alloc(8);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(content.length, 4);
  return Buffer.concat([header, content]);
}

/** Uses an engine that answers so, at its address. */
export async function withEngine<T>(answers: Answers, use: (endpoint: string) => Promise<T>): Promise<T & Asked> {
  const folder = mkdtempSync(`${tmpdir()}/onehost-engine-`);
  const asked: Asked = { requests: [], queries: [] };
  const server = createServer((request, response) => void answer(answers, asked, request, response));
  await new Promise<void>((resolve) => server.listen(`${folder}/engine.sock`, resolve));
  try {
    return { ...(await use(`unix://${folder}/engine.sock`)), ...asked };
  } finally {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  }
}

async function answer(answers: Answers, asked: Asked, request: IncomingMessage, response: ServerResponse) {
  const body = await text(request);
  const { pathname, searchParams } = new URL(request.url ?? "", "http://engine");
  const line = `${request.method} ${pathname}`;
  asked.requests.push(`${line} ${body}`.trim());
  const query = [...searchParams].map(([name, value]) => `${name}=${value}`);
  if (query.length > 0) asked.queries.push(`${line} ${query.join(" ")}`);
  const given = (await answers.find(([pattern]) => pattern.test(line))?.[1](body)) ?? unasked(line);
  response.setHeader("Api-Version", "1.41");
  if (given instanceof Trouble) response.statusCode = given.status;
  response.end(Buffer.isBuffer(given) ? given : JSON.stringify(given));
}

/** Every engine answers a ping. */
function unasked(line: string): Answer {
  return line === "GET /_ping" ? Buffer.from("OK") : new Trouble(404, `no ${line}`);
}

/** Runs a script of components/engine as Pulumi does, against an engine that answers so. */
export function spawnScript(
  script: string,
  answers: Answers,
  { environment = {}, stdin = "" }: { environment?: Record<string, string>; stdin?: string },
): Promise<Outcome> {
  return withEngine(answers, async (endpoint) => {
    const env = { ...process.env, ...environment, DOCKER_HOST: endpoint };
    const child = spawn("node", ["--import", "tsx", `${SCRIPTS}/${script}.ts`], { env });
    child.stdin.end(stdin);
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { exitCode, stdout, stderr };
  });
}

const SCRIPTS = `${import.meta.dirname}/../../components/engine`;
let runs = 0;

/** The same within this process, one after the other: a process of its own takes most of a second to start. */
export function runScript(script: string, answers: Answers, environment: Record<string, string>): Promise<Outcome> {
  return withEngine(answers, async (endpoint) => {
    const before = { ...process.env };
    Object.assign(process.env, environment, { DOCKER_HOST: endpoint });
    const release = captureOutput();
    try {
      // A query makes it a new module, so that it runs once more.
      await import(`${SCRIPTS}/${script}.ts?run=${runs++}`);
    } finally {
      for (const key of ["DOCKER_HOST", ...Object.keys(environment)]) restore(key, before[key]);
    }
    return release();
  });
}

function restore(key: string, value: string | undefined): void {
  if (value === undefined) delete process.env[key];
  else process.env[key] = value;
}

/** Keeps what is written, until it is asked for that and for the exit code. */
function captureOutput(): () => Omit<Outcome, keyof Asked> {
  const written = { stdout: "", stderr: "" };
  const streams = ["stdout", "stderr"] as const;
  const writers = streams.map((name) => process[name].write.bind(process[name]));
  for (const name of streams) process[name].write = (chunk) => Boolean((written[name] += String(chunk)));
  return () => {
    streams.forEach((name, index) => (process[name].write = writers[index] as typeof process.stdout.write));
    const exitCode = Number(process.exitCode ?? 0);
    process.exitCode = undefined;
    return { exitCode, ...written };
  };
}
