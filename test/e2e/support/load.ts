import autocannon from "autocannon";

/** What became of the requests of a load. */
export interface LoadResult {
  readonly sent: number;
  /** Answers other than a success, broken connections and time-outs. */
  readonly failed: number;
  /** Rows that the application said it had made. */
  readonly created: number;
  /** Everything that autocannon counted, for the message of a failed assertion. */
  readonly details: string;
}

/** Bounds of every load: it ends by itself, whatever the test does. */
const MOST_SECONDS = 300;

/**
 * Sends 100 requests a second to a loopback address, a fifth of them POST with a unique row, half of the connections
 * kept alive for two requests only, until `work` has ended.
 */
export async function underLoad(url: string, work: () => Promise<void>): Promise<LoadResult> {
  const load = start(url);
  try {
    await work();
  } finally {
    load.instance.stop();
  }
  const result = await load.result;
  const failed = result.errors + result.timeouts + result.non2xx;
  const created = result.statusCodeStats?.["201"]?.count ?? 0;
  return { sent: result.requests.total, failed, created, details: JSON.stringify(result) };
}

function start(url: string): { instance: autocannon.Instance; result: Promise<autocannon.Result> } {
  let row = 0;
  const get = { method: "GET" as const, path: "/api/live" };
  const post = {
    method: "POST" as const,
    path: "/api/items",
    headers: { "content-type": "application/json" },
    setupRequest: (request: autocannon.Request) => ({
      ...request,
      body: JSON.stringify({ name: `load-${Date.now()}-${row++}` }),
    }),
  };
  const options = { url, connections: 10, overallRate: 100, reconnectRate: 2, timeout: 15, duration: MOST_SECONDS };
  let instance!: autocannon.Instance;
  const result = new Promise<autocannon.Result>((resolve, reject) => {
    instance = autocannon({ ...options, requests: [get, get, get, get, post] }, (error, found) =>
      error ? reject(error as Error) : resolve(found),
    );
  });
  return { instance, result };
}
