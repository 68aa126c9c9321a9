import { get } from "node:http";

/**
 * Whether an http address answers with success; nobody there is an answer too. Not by `fetch`: where Docker's proxy takes
 * the connection before the server listens, one in 20 of Node 20's never settles, and the program ends with exit code 13.
 */
export function isAnswering(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: 2000 }, (response) => {
      response.resume();
      resolve((response.statusCode ?? 500) < 300);
    });
    request.on("timeout", () => request.destroy(new Error("no answer")));
    request.on("error", () => resolve(false));
  });
}
