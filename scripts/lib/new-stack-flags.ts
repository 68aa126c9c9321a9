import { renderFault } from "../../components/lib/fault.ts";
import { BOT_TOKEN, type NewStack, type OwnImage, type SecretNames } from "./new-stack.ts";
import { SIZE_NAMES, type SizeName } from "./new-stack-size.ts";
import { EXIT, Refusal } from "./outcome.ts";

/** Options of the command line, as they are given there; answers to questions take the same form. */
export interface Flags {
  readonly host?: string;
  readonly domain?: string;
  readonly publish?: string;
  readonly size?: SizeName;
  readonly image?: string;
  readonly build?: string;
  readonly frontendImage?: string;
  readonly frontendBuild?: string;
  readonly migrations?: string;
  readonly uploads?: string;
  readonly worker?: string;
  readonly beat?: boolean;
  readonly botCommand?: string;
  readonly secret?: readonly string[];
  readonly secretFromEnv?: readonly string[];
  readonly yes?: boolean;
}

/** A question, where no flag has answered it. */
export interface Question {
  readonly text: string;
  /** Any of these answers it. */
  readonly flags: readonly (keyof Flags)[];
  /** Settings that are judged when it is answered. */
  readonly settings: readonly string[];
  /** Whether it is asked at all, after what was answered before. */
  readonly isAsked?: (flags: Flags) => boolean;
  /** `isFolder` says whether the checkout has such a folder. */
  readonly take: (answer: string, isFolder: (path: string) => boolean) => Flags;
}

/** Where an image is expected, an existing folder is one to build. */
const IMAGE = "image, or folder with its Dockerfile";

/** In the order in which they are asked. An empty answer takes what stands in brackets. */
export const QUESTIONS: readonly Question[] = [
  question("Docker host, ssh://user@host [this machine's]", ["host"], ["host"], (host) => ({ host })),
  question(
    "Domain for https [none: plain HTTP on 127.0.0.1:8080]",
    ["domain", "publish"],
    ["edge.domain"],
    (domain) => ({
      domain,
    }),
  ),
  question("Size: small, medium or large, for a host with 2, 4 or 8 GB [small]", ["size"], [], (size) => ({
    size: sizeNamed(size),
  })),
  {
    text: `Application: ${IMAGE}`,
    flags: ["image", "build"],
    settings: ["app.image", "app.build"],
    take: (answer, isFolder) => (isFolder(answer) ? { build: answer } : { image: answer }),
  },
  {
    text: `Frontend: ${IMAGE} [none]`,
    flags: ["frontendImage", "frontendBuild"],
    settings: ["frontend.image", "frontend.build"],
    take: (answer, isFolder) => (isFolder(answer) ? { frontendBuild: answer } : { frontendImage: answer }),
  },
  question("Command that migrates the database, such as alembic upgrade head [none]", ["migrations"], [], (line) => ({
    migrations: line,
  })),
  question(
    "Folder of uploaded files in the container, such as /app/uploads [none]",
    ["uploads"],
    ["app.uploads"],
    (line) => ({
      uploads: line,
    }),
  ),
  question("Celery application of the worker, such as app.worker [none]", ["worker"], ["worker.app"], (worker) => ({
    worker,
  })),
  {
    ...question("Does its schedule need beat? y or n [n]", ["beat"], [], (answer) => ({ beat: isYes(answer) })),
    isAsked: ({ worker }) => isGiven(worker),
  },
  question(
    `Command of a bot, such as python -m app.bot [none]`,
    ["botCommand"],
    ["bot", `secrets.${BOT_TOKEN}`],
    (line) => ({
      botCommand: line,
    }),
  ),
  question("Names of secrets to generate for the application [none]", ["secret"], ["app.secrets"], (line) => ({
    secret: words(line).map(secretName),
  })),
];

function question(
  text: string,
  flags: Question["flags"],
  settings: Question["settings"],
  take: (answer: string) => Flags,
): Question {
  return { text, flags, settings, take };
}

/** The questions that are still open. */
export function openQuestions(flags: Flags): Question[] {
  return QUESTIONS.filter(({ flags: any }) => any.every((flag) => flags[flag] === undefined));
}

/** Whether an answer means yes. */
export function isYes(answer: string): boolean {
  return /^y(es)?$/i.test(answer);
}

/** @throws Refusal for what is no name of an environment variable. */
export function secretName(name: string): string {
  if (/^[A-Za-z_]\w*$/.test(name)) return name;
  const remedy = "write, for example, SESSION_KEY";
  throw usage({ key: "--secret", must: "must be a name of letters, digits and underscores", got: name, remedy });
}

/** @throws Refusal for an unknown size. */
export function sizeNamed(name: string): SizeName {
  const found = SIZE_NAMES.find((size) => size === (name || "small"));
  if (found !== undefined) return found;
  throw usage({
    key: "--size",
    must: "must be small, medium or large",
    got: name,
    remedy: 'write, for example, "small"',
  });
}

/**
 * The stack that is asked for, with defaults for what is not.
 * @throws Refusal where flags contradict one another.
 */
export function newStackOf(id: Pick<NewStack, "project" | "stack">, flags: Flags): NewStack {
  const worker = given(flags.worker);
  const bot = words(flags.botCommand);
  if (flags.beat && worker === undefined)
    throw usage({ key: "--beat", must: "must come with --worker, whose schedule it keeps", remedy: "add --worker" });
  return {
    ...id,
    host: given(flags.host),
    domain: given(flags.domain),
    publish: given(flags.publish),
    size: flags.size ?? "small",
    app: ownImage(flags.image, flags.build),
    frontend: ownImage(flags.frontendImage, flags.frontendBuild),
    migrations: words(flags.migrations),
    uploads: given(flags.uploads),
    worker,
    hasBeat: flags.beat ?? false,
    bot,
    secrets: secretsOf(flags, bot.length > 0),
  };
}

/** Each name once; what is in the environment is not generated as well. */
function secretsOf({ secret = [], secretFromEnv = [] }: Flags, hasBot: boolean): SecretNames {
  const fromEnvironment = new Set([...secretFromEnv, ...(hasBot ? [BOT_TOKEN] : [])]);
  const generated = new Set(secret.filter((name) => !fromEnvironment.has(name)));
  return { generated: [...generated], fromEnvironment: [...fromEnvironment] };
}

function ownImage(image: string | undefined, build: string | undefined): OwnImage | undefined {
  if (isGiven(build)) return { build };
  return isGiven(image) ? { image } : undefined;
}

function usage(fault: Parameters<typeof renderFault>[0]): Refusal {
  return new Refusal(EXIT.usage, renderFault(fault));
}

const isGiven = (text: string | undefined): text is string => text !== undefined && text !== "";
const given = (text: string | undefined): string | undefined => (isGiven(text) ? text : undefined);
const words = (line = ""): string[] => line.split(/\s+/).filter(Boolean);
