import * as z from "zod";
import { parseCpus } from "./cpus.ts";
import { type Duration, parseDuration } from "./duration.ts";
import { Invalid } from "./fault.ts";
import type { PublishedPort } from "./plan.ts";
import { formatSize, parseSize, type Size } from "./size.ts";

/** A schema of one value from its parser: what the parser throws as Invalid becomes a fault of the key. */
function leaf<T>(parse: (value: unknown) => T) {
  return z.unknown().transform((value, context): T => {
    try {
      return parse(value);
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      context.addIssue({ code: "custom", message: error.must, params: { remedy: error.remedy }, input: value });
      return z.NEVER;
    }
  });
}

/** A size of at least `floor`: less than that and the service does not start. */
export const sizeFrom = (floor: Size) =>
  leaf((value) => {
    const size = parseSize(value);
    const least = formatSize(floor);
    if (size.bytes < floor.bytes) throw new Invalid(`must be at least ${least}`, `write "${least}" or more`);
    return size;
  });

/** A duration of at least one second. */
export const duration = leaf((value): Duration => {
  const parsed = parseDuration(value);
  if (parsed.milliseconds < 1000) throw new Invalid("must be at least 1s", 'write, for example, "30s"');
  return parsed;
});

export const cpus = leaf(parseCpus);

/** A whole number within bounds, both included. Accepts digits in quotes, as `pulumi config set` writes them. */
export const integer = (least: number, most: number) =>
  leaf((value) => {
    const number = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
    if (typeof number === "number" && Number.isInteger(number) && number >= least && number <= most) return number;
    throw new Invalid(`must be a whole number from ${least} to ${most}`, `write a number, for example ${least}`);
  });

/** A text of a given form; `example` is a valid one. */
export const matching = (pattern: RegExp, must: string, example: string) =>
  leaf((value) => {
    if (typeof value === "string" && pattern.test(value)) return value;
    throw new Invalid(must, `write, for example, "${example}"`);
  });

/** A value that may be left out: the empty text means so, because the CLI asks for every key that has no default. */
export const optional = <T>(schema: z.ZodType<T>) => {
  const given = z.unknown().transform((value, context): T | undefined => {
    if (value === "" || value === undefined) return undefined;
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    for (const issue of result.error.issues) context.addIssue({ ...issue, input: value } as never);
    return z.NEVER;
  });
  return given.optional();
};

/** `uid:gid` in numbers, neither of them root. */
export const user = matching(/^[1-9]\d*:[1-9]\d*$/, "must be uid:gid in numbers, not root", "10001:10001");

/** An absolute path of a URL. */
export const urlPath = matching(/^\/[\w./-]*$/, "must be a path that begins with a slash", "/health");

/** A list of words that become a command. */
export const words = leaf((value) => {
  const isWords = Array.isArray(value) && value.every((word) => typeof word === "string" && word !== "");
  if (!isWords) throw new Invalid("must be a list of words", 'write, for example, ["uvicorn", "app.main:app"]');
  return value as string[];
});

/** Environment variables: names in capitals, values as text. Numbers and truth values are taken as they are written. */
export const variables = leaf((value) => {
  const entries =
    typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : undefined;
  const isPlain = ([name, text]: [string, unknown]) =>
    /^[A-Za-z_]\w*$/.test(name) && ["string", "number", "boolean"].includes(typeof text);
  if (!entries?.every(isPlain))
    throw new Invalid("must be names with plain values", 'write, for example, {LOG_LEVEL: "info"}');
  return Object.fromEntries(entries.map(([name, text]) => [name, String(text)]));
});

/** `address:port` on the host, with the port that the container listens on. */
export const published = (internal: number) =>
  leaf((value): PublishedPort => {
    const port = parsePort(value, internal);
    if (!port) throw new Invalid("must be an IPv4 address and a port", 'write, for example, "127.0.0.1:8080"');
    return port;
  });

/** Like `published`, for what only programs of the host itself may reach. */
export const publishedOnLoopback = (internal: number) =>
  leaf((value): PublishedPort => {
    const port = parsePort(value, internal);
    if (port?.ip.startsWith("127.")) return port;
    const remedy = `write "127.0.0.1:${port?.external ?? internal}"; from another machine go through ssh -L`;
    throw new Invalid("must be a loopback address and a port", remedy);
  });

function parsePort(value: unknown, internal: number): PublishedPort | undefined {
  const match = typeof value === "string" ? /^(\d+\.\d+\.\d+\.\d+):(\d+)$/.exec(value) : null;
  const [ip = "", external = 0] = [match?.[1], Number(match?.[2])];
  const isValid = match && ip.split(".").every((part) => Number(part) <= 255) && external >= 1 && external <= 65535;
  return isValid ? { ip, external, internal } : undefined;
}

/** A truth value; the words in quotes are what `pulumi config set` writes. */
export const yesOrNo = leaf((value) => {
  if (value === true || value === "true") return true;
  if (value === false || value === "false") return false;
  throw new Invalid("must be true or false", "write true or false");
});
