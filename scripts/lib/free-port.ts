import { createServer } from "node:net";

/** The first port of the loopback address, from one on, that nothing listens on. */
export async function freePort(from: number): Promise<number> {
  for (let port = from; port < 65_536; port++) if (await isFree(port)) return port;
  throw new Error(`no port of 127.0.0.1 from ${from} on is free`);
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen({ host: "127.0.0.1", port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
