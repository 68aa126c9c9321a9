import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { root } from "./folders.ts";
import type { Published } from "./obstacles.ts";

/** A plain setting of the project in a stack's file, where the file has it. */
export function stackSetting(stack: string, key: string, folder = root): string | undefined {
  const value = stackSettings(stack, folder)[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The project's own settings in a stack's file. */
export function stackSettings(stack: string, folder = root): Record<string, unknown> {
  const file = join(folder, `Pulumi.${stack}.yaml`);
  if (!existsSync(file)) return {};
  const { config } = (parse(readFileSync(file, "utf8")) ?? {}) as { config?: Record<string, unknown> };
  const prefix = `${projectName(folder)}:`;
  const own = Object.entries(config ?? {}).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value]));
}

/** Where a stack is served, as its file says; what the file leaves out is as documented in Pulumi.yaml. */
export function publishedBy(stack: string, folder = root): Published[] {
  const {
    publish,
    publishTls = "0.0.0.0:443",
    domain,
  } = (stackSettings(stack, folder)["edge"] ?? {}) as Record<string, string>;
  const http = { key: "edge.publish", address: publish || (domain ? "0.0.0.0:80" : "127.0.0.1:8080") };
  const https = domain ? [{ key: "edge.publishTls", address: publishTls }] : [];
  return [http, ...https].flatMap(({ key, address }) => {
    // What is written wrongly, the program refuses with more to say.
    const [, ip, port] = /^(\d+\.\d+\.\d+\.\d+):(\d+)$/.exec(String(address)) ?? [];
    return ip === undefined ? [] : [{ key, ip, port: Number(port) }];
  });
}

/** The project's name, as Pulumi.yaml gives it. */
export function projectName(folder = root): string {
  return (parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8")) as { name: string }).name;
}
