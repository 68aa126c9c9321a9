import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** What became of the requests of a load. */
export interface LoadResult {
  readonly sent: number;
  /** What each request that failed says: another status than a success, a broken connection, a time-out. */
  readonly failures: readonly string[];
  /** Names of the rows that the application said it had made. */
  readonly created: readonly string[];
}

const REQUESTS_PER_SECOND = 100;

/** Bounds of every load and every request: it ends by itself, whatever the test does. */
const MOST_SECONDS = 300;
const REQUEST_TIMEOUT = 15_000;

/**
 * Sends requests, 100 a second where nothing else is said, to a loopback address until `work` has ended: a fifth POST with a unique row, half on
 * kept connections, half on fresh ones. Every request is accounted for, which autocannon's are not: with its
 * `reconnectRate` it sends requests whose answers it never counts (seen: 1,588 rows made, 793 counted).
 */
export async function underLoad(
  url: string,
  work: () => Promise<void>,
  requestsPerSecond = REQUESTS_PER_SECOND,
): Promise<LoadResult> {
  const load = new Load(url, requestsPerSecond);
  const sending = load.send();
  try {
    await work();
  } finally {
    load.stop();
  }
  return sending;
}

class Load {
  private readonly kept = new Agent({ keepAlive: true, maxSockets: 50 });
  private readonly failures: string[] = [];
  private readonly created: string[] = [];
  private readonly deadline = Date.now() + MOST_SECONDS * 1000;
  private stopped = false;

  constructor(
    private readonly url: string,
    private readonly requestsPerSecond: number,
  ) {}

  stop(): void {
    this.stopped = true;
  }

  async send(): Promise<LoadResult> {
    const running: Promise<void>[] = [];
    while (!this.stopped && Date.now() < this.deadline) {
      running.push(this.one(running.length));
      await sleep(1000 / this.requestsPerSecond);
    }
    await Promise.all(running);
    this.kept.destroy();
    return { sent: running.length, failures: this.failures, created: this.created };
  }

  private async one(index: number): Promise<void> {
    const row = index % 5 === 0 ? `load-${process.pid}-${Date.now()}-${index}` : undefined;
    try {
      const status = await this.ask(row, index % 2 === 0);
      if (status !== (row === undefined ? 200 : 201)) this.failures.push(`request ${index}: status ${status}`);
      else if (row !== undefined) this.created.push(row);
    } catch (error) {
      this.failures.push(`request ${index}: ${String(error)}`);
    }
  }

  /** A GET or, with a row, the POST that makes it; resolves with the status once the whole answer was read. */
  private ask(row: string | undefined, keep: boolean): Promise<number> {
    const method = row === undefined ? "GET" : "POST";
    const options = {
      method,
      agent: keep ? this.kept : false,
      timeout: REQUEST_TIMEOUT,
      headers: { "content-type": "application/json" },
    } as const;
    return new Promise((resolve, reject) => {
      const sent = request(`${this.url}/api/${row === undefined ? "live" : "items"}`, options, (response) => {
        response
          .resume()
          .on("end", () => resolve(response.statusCode ?? 0))
          .on("error", reject);
      });
      sent.on("timeout", () => sent.destroy(new Error("timed out"))).on("error", reject);
      sent.end(row === undefined ? undefined : JSON.stringify({ name: row }));
    });
  }
}
