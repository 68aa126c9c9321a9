/** A stack's own settings, without the project's name before their keys. */
export type Settings = Readonly<Record<string, unknown>>;

/** An image that is built here in place of one that a stack names. */
export interface Stage {
  /** Group of settings that names the image: `app`. */
  readonly group: string;
  /** Folder that the model stack builds it from. */
  readonly folder: string;
  /** Where it goes in a registry: the path that it has in its own. */
  readonly repository: string;
}

/** What a rehearsal has of its own. */
export interface Props {
  /** Address and port, of this machine alone, that it is served on. */
  readonly publish: string;
  /** Images by group. */
  readonly images: Readonly<Record<string, string>>;
  readonly secret: (name: string) => string;
}

/** A setting that is another one here. */
export interface Replacement {
  readonly key: string;
  readonly there: string;
  readonly here: string;
}

/** Name of the stack on this machine that another stack's settings are tried with. */
export function rehearsalName(stack: string): string {
  return `${stack}-local`;
}

/** Whether a stack's settings are to be tried here: they are another machine's. */
export function isRehearsed({ host }: Settings): boolean {
  return typeof host === "string" && host !== "" && !host.startsWith("unix:");
}

const GROUPS = ["app", "frontend", "bot"];

/** Images that a stack names and the model stack builds: of what is not public, those are to be had here. */
export function stages(settings: Settings, model: Settings): Stage[] {
  return GROUPS.flatMap((group) => {
    const { image } = groupOf(settings, group);
    const { build } = groupOf(model, group);
    if (typeof image !== "string" || typeof build !== "string") return [];
    return [{ group, folder: build, repository: repositoryOf(image) }];
  });
}

/** `registry.example.org/app/backend@sha256:…` → `app/backend` */
function repositoryOf(ref: string): string {
  const [path = ""] = ref.split("@");
  const parts = path.replace(/:[^:/]+$/, "").split("/");
  const isHost = parts.length > 1 && /[.:]|^localhost$/.test(parts[0] ?? "");
  return (isHost ? parts.slice(1) : parts).join("/");
}

/** A stack's settings on this machine: all of them, but where they would reach somebody else, or cannot be had here. */
export function rehearse(settings: Settings, props: Props): { settings: Settings; replacements: Replacement[] } {
  const edge = without(groupOf(settings, "edge"), "domain", "tls", "publishTls");
  const groups = Object.entries(props.images).map(([group, ref]) => [
    group,
    { ...groupOf(settings, group), image: ref },
  ]);
  const images = Object.fromEntries(groups) as Settings;
  const kept = { ...without(settings, "host", "secrets"), ...images, edge: { ...edge, publish: props.publish } };
  const secrets = Object.fromEntries(secretNames(settings).map((name) => [name, props.secret(name)]));
  const isSecret = Object.keys(secrets).length > 0;
  return { settings: isSecret ? { ...kept, secrets } : kept, replacements: replaced(settings, props) };
}

function replaced(settings: Settings, { images, publish: here }: Props): Replacement[] {
  const { domain, publish } = groupOf(settings, "edge");
  const usual = domain ? "0.0.0.0:80" : "127.0.0.1:8080";
  return [
    { key: "host", there: written(settings["host"]), here: "this machine's Docker" },
    ...Object.entries(images).map(([group, ref]) => image(settings, group, ref)),
    { key: "edge.publish", there: written(publish ?? usual), here },
    ...(domain ? [{ key: "edge.domain", there: written(domain), here: "none: plain HTTP" }] : []),
    ...(secretNames(settings).length > 0 ? [{ key: "secrets", there: "encrypted", here: "made up" }] : []),
  ];
}

function without(settings: Settings, ...keys: readonly string[]): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !keys.includes(key)));
}

function image(settings: Settings, group: string, here: string): Replacement {
  return { key: `${group}.image`, there: written(groupOf(settings, group)["image"]), here };
}

function secretNames(settings: Settings): string[] {
  const names = ["app", "bot"].flatMap((group) => (groupOf(settings, group)["secrets"] ?? []) as string[]);
  return [...new Set(names)];
}

function groupOf(settings: Settings, group: string): Settings {
  const value = settings[group];
  return typeof value === "object" && value !== null ? (value as Settings) : {};
}

function written(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? "");
}
