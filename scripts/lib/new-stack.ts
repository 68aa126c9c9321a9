import { Document, isMap, isSeq, visit } from "yaml";
import { SIZES, type SizeName, sizeOf } from "./new-stack-size.ts";

/** An image of the team's own: pulled by reference, or built from a folder. */
export type OwnImage = { readonly image: string } | { readonly build: string };

/** What a new stack is made from. */
export interface NewStack {
  readonly project: string;
  readonly stack: string;
  /** Undefined for this machine's Docker. */
  readonly host?: string | undefined;
  /** Undefined for plain HTTP. */
  readonly domain?: string | undefined;
  readonly publish?: string | undefined;
  readonly size: SizeName;
  readonly app: OwnImage | undefined;
  readonly frontend?: OwnImage | undefined;
  /** Command as words; empty for none. The bot's too. */
  readonly migrations: readonly string[];
  readonly uploads?: string | undefined;
  /** Import path of the Celery application. */
  readonly worker?: string | undefined;
  readonly hasBeat: boolean;
  readonly bot: readonly string[];
  readonly secrets: SecretNames;
}

/** Names of secrets by where their values come from; each is in one of the lists, once. A bot's token is in the second. */
export interface SecretNames {
  readonly generated: readonly string[];
  readonly fromEnvironment: readonly string[];
}

/** The secret that a bot logs in with; the application does not get it. */
export const BOT_TOKEN = "BOT_TOKEN";

/** What the CLI wrote: ciphertexts by the names of secrets, and the keys beside `config`, such as the salt. */
export interface Encrypted {
  readonly secrets: Readonly<Record<string, unknown>>;
  readonly beside: Readonly<Record<string, unknown>>;
}

/** Settings that belong together, under one comment. */
interface Section {
  readonly comment: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

export function secretNames({ secrets }: Pick<NewStack, "secrets">): string[] {
  return [...secrets.generated, ...secrets.fromEnvironment];
}

/** The stack file, one comment for each group. Before anything is encrypted, secrets are there by name. */
export function renderStackFile(from: NewStack, encrypted: Encrypted = pending(from)): string {
  const sections = sectionsOf(from, encrypted.secrets).map((section) => renderSection(from.project, section));
  const beside = Object.keys(encrypted.beside).length > 0 ? `\n${yaml(encrypted.beside)}` : "";
  return `${head(from)}config:\n${sections.filter(Boolean).join("\n")}${beside}`;
}

function pending(from: NewStack): Encrypted {
  return { secrets: Object.fromEntries(secretNames(from).map((name) => [name, { secure: "" }])), beside: {} };
}

function head({ stack, host, domain }: NewStack): string {
  const where = host === undefined ? "on this machine's Docker" : "on a host of its own";
  const how = domain === undefined ? "in plain HTTP" : `on https://${domain}`;
  return [
    "# yaml-language-server: $schema=docs/stack.schema.json\n",
    `# ${stack}: ${where}, served ${how}. All settings: docs/configuration.md.\n`,
  ].join("");
}

function sectionsOf(from: NewStack, secrets: Encrypted["secrets"]): Section[] {
  return [
    {
      comment: "Where: the machine that the services run on. Over ssh, its user must be in the group docker.",
      settings: { host: from.host },
    },
    { comment: "What: images by reference, which are pulled, or folders with a Dockerfile.", settings: what(from) },
    { comment: `How much: ${SIZES[from.size].meaning}.`, settings: howMuch(from) },
    { comment: "The way in.", settings: { edge: wayIn(from) } },
    { comment: secretsComment(from.stack), settings: { secrets } },
  ];
}

function what({ app, migrations, frontend, uploads, size, bot, secrets }: NewStack): Section["settings"] {
  const isForApp = (name: string): boolean => bot.length === 0 || name !== BOT_TOKEN;
  return {
    app: { ...app, uploads, secrets: secretNames({ secrets }).filter(isForApp) },
    migrations: { command: migrations },
    frontend: frontend && { ...frontend, ...sizeOf(size, "frontend") },
  };
}

function howMuch({ worker, hasBeat, bot, size }: NewStack): Section["settings"] {
  return {
    backend: sizeOf(size, "backend"),
    worker: worker === undefined ? {} : { app: worker, ...sizeOf(size, "worker") },
    beat: hasBeat ? { app: worker } : {},
    bot: bot.length === 0 ? {} : { command: bot, secrets: [BOT_TOKEN] },
    postgres: sizeOf(size, "postgres"),
    redis: sizeOf(size, "redis"),
  };
}

function wayIn({ domain, publish }: NewStack): Section["settings"] {
  return { domain, publish };
}

function secretsComment(stack: string): string {
  const command = `npm run pulumi -- config set --secret --path 'onehost:secrets.NAME' --stack ${stack}`;
  return `Secrets, encrypted. To change one, and be asked for its value: ${command}`;
}

/** Nothing, where all of its settings are empty. */
function renderSection(project: string, { comment, settings }: Section): string {
  const given = Object.entries(settings).map(([key, value]) => [`${project}:${key}`, withoutEmpty(value)] as const);
  const own = Object.fromEntries(given.filter(([, value]) => value !== undefined));
  if (Object.keys(own).length === 0) return "";
  return `# ${comment}\n${yaml(own)}`.replace(/^(?=.)/gm, "  ");
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, withoutEmpty(inner)] as const);
  const given = entries.filter(([, inner]) => inner !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

/** As the stack files of this project are written: groups in lines, lists in brackets. */
function yaml(value: unknown): string {
  const document = new Document(value);
  visit(document, (_, node) => {
    if (isSeq(node)) node.flow = true;
    else if (isMap(node)) node.flow = false;
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
