/** A setting as Pulumi.yaml declares it. */
export interface Declaration {
  readonly description: string;
  readonly default: unknown;
}

/** Settings by their keys, `postgres.memory`, in the order of Pulumi.yaml. */
export type Declarations = Readonly<Record<string, Declaration>>;

/** What a reader should know of each group before its keys. The one without a name has the keys at the top. */
const GROUPS: Readonly<Record<string, string>> = {
  "": "Where the stack lives, and what all of it shares.",
  postgres: "The database: one container, its data on a protected volume.",
  redis: "Broker and cache: one container, append-only on a protected volume, never evicting.",
  app: "Your application: the one image, with its settings and secrets, that backend, worker, beat and migrations run.",
  migrations: "A command of the application that runs before any new container starts. None unless a command is given.",
  backend: "The application's HTTP service. New containers prove themselves beside the old ones before they serve.",
  frontend: "A web server with your built pages. None unless an image or a folder is given.",
  worker: "Celery workers of the application. None unless the Celery application is named.",
  beat: "Celery's schedule, exactly one. None unless the Celery application is named.",
  bot: "A bot, the last to start, so that a bot that crashes stops nothing else. None unless an image or a command is given.",
  edge: "Caddy: the only container that publishes a port.",
};

const PAGE_HEAD = `# Configuration

<!-- Made from Pulumi.yaml by \`npm run docs\`: change the descriptions there. -->

Settings stand in \`Pulumi.<stack>.yaml\`, below \`config\`. A group is one key of that file; what it does not say has its
default. Sizes are written \`512MiB\` or \`2GiB\`, durations \`30s\` or \`1m30s\`. A wrong value, or a key that is not in these
tables, is refused at preview with what to write instead, and nothing changes.

\`\`\`yaml
config:
  onehost:app:
    image: registry.example.org/app:1.4.2
  onehost:backend:
    replicas: 2
\`\`\`
`;

/**
 * The page that lists every setting with its default and what it is for, group by group.
 * @throws Error naming a group that has no sentence here yet.
 */
export function configurationPage(declarations: Declarations): string {
  const groups = [...grouped(declarations)].map(([group, settings]) => {
    const title = group === "" ? "The stack" : `\`${group}\``;
    const rows = settings.map(([key, declaration]) => row(key, declaration));
    return [`## ${title}`, sentence(group), ["| Key | Default | |", "| --- | --- | --- |", ...rows].join("\n")].join(
      "\n\n",
    );
  });
  return `${[PAGE_HEAD, ...groups].join("\n")}\n`;
}

/** Settings by their groups, which stand in the order of their first key. */
function grouped(declarations: Declarations): Map<string, [string, Declaration][]> {
  const groups = new Map<string, [string, Declaration][]>();
  for (const [key, declaration] of Object.entries(declarations)) {
    const [group, name] = splitKey(key);
    groups.set(group, [...(groups.get(group) ?? []), [name, declaration]]);
  }
  return groups;
}

function splitKey(key: string): [group: string, name: string] {
  const dot = key.indexOf(".");
  return dot < 0 ? ["", key] : [key.slice(0, dot), key.slice(dot + 1)];
}

function sentence(group: string): string {
  const found = GROUPS[group];
  if (found === undefined)
    throw new Error(`settings group ${group}: has no sentence in scripts/lib/settings-reference.ts`);
  return found;
}

/** What is left out by default is shown as an empty cell: the description says what follows from that. */
function row(name: string, { default: value, description }: Declaration): string {
  const isNothing = ["", "[]", "{}"].includes(typeof value === "string" ? value : JSON.stringify(value));
  const shown = isNothing ? "" : `\`${String(value)}\``;
  return `| \`${name}\` | ${shown} | ${description.replace(/[|<]/g, "\\$&")} |`;
}

/** A JSON schema of stack files: editors complete keys by it, show their descriptions and mark unknown ones. */
export function stackSchema(project: string, declarations: Declarations): object {
  const properties: Record<string, object> = {};
  for (const [group, settings] of grouped(declarations)) {
    const members = Object.fromEntries(settings.map(([key, declaration]) => [key, valueSchema(declaration)]));
    if (group === "") Object.assign(properties, members);
    else properties[group] = { description: sentence(group), ...objectOf(members), additionalProperties: false };
  }
  const known = Object.keys(properties).join("|");
  const prefixed = Object.entries(properties).map(([key, value]) => [`${project}:${key}`, value]);
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    $comment: "Made from Pulumi.yaml by `npm run docs`.",
    title: `A stack of ${project}`,
    ...objectOf({
      config: {
        ...objectOf(Object.fromEntries(prefixed) as Record<string, object>),
        patternProperties: { [`^${project}:(?!(${known})$)`]: false },
      },
    }),
  };
}

const objectOf = (properties: Readonly<Record<string, object>>) => ({ type: "object", properties });

/** The form of a value, as far as its default tells it; the program checks the rest. */
function valueSchema({ description, default: value }: Declaration): object {
  return { description, ...formOf(value), default: value };
}

function formOf(value: unknown): object {
  if (Array.isArray(value)) return { type: "array", items: { type: "string" } };
  if (typeof value === "object") return { type: "object" };
  // In quotes too, as `pulumi config set` writes them.
  if (typeof value === "boolean") return { enum: [true, false, "true", "false"] };
  if (typeof value === "number") return { type: ["integer", "string"] };
  return { type: typeof value === "string" && /^\d+(\.\d+)?$/.test(value) ? ["number", "string"] : "string" };
}
