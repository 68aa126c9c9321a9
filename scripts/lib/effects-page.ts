import type { Declarations } from "./settings-reference.ts";

/** What a preview says that a change of one setting does, as the story test/e2e/edits.e2e.ts saw it. */
export type SeenEffect =
  | { readonly refused: string }
  | Readonly<Partial<Record<"create" | "replace" | "update" | "delete", readonly string[]>>>;

/** By setting. */
export type SeenEffects = Readonly<Record<string, SeenEffect>>;

const HEAD = `# What a change of a setting does

<!-- Made by \`npm run docs\` from test/golden/effects.json, which the story test/e2e/edits.e2e.ts saw in real previews. -->

One setting at a time, on a stack with every service: what a preview then shows, and what happens to users meanwhile.

- **rolls**: new containers prove themselves beside the old ones, then the edge is switched. No request is lost.
- **recreates**: the old container stops, the new one starts. Users notice as long as that takes: without the edge about a
  second in which nothing answers; without Postgres or Redis some seconds in which the backend cannot answer what needs
  them. While beat or the bot is away no request fails: a schedule is sent late, a message is answered late.
- **in place**: the same container goes on with the new value.
- **asks**: its gate proves the running container once more, and sets its limit of processes.
- **switches**: the edge's routes are written anew. No request is lost.
- **runs**: a job runs to its end, before any new container starts.
- **adds**: containers start beside the ones that are there.
`;

/** The kinds of container that start beside the old one. */
const ROLLING = ["backend", "frontend", "worker"];

/** The page that says of every setting what a change of it does. */
export function effectsPage(declarations: Declarations, effects: SeenEffects): string {
  const rows = Object.keys(declarations).map((key) => row(key, effects[key]));
  return [HEAD, "| Setting | On the host | Users notice |", "| --- | --- | --- |", ...rows, ""].join("\n");
}

function row(key: string, effect: SeenEffect | undefined): string {
  if (effect === undefined) throw new Error(`setting ${key}: has no effect in test/golden/effects.json`);
  if ("refused" in effect) return `| \`${key}\` | refused at preview while there is data | nothing changes |`;
  const sentences = sentencesOf(effect);
  return `| \`${key}\` | ${sentences.join("; ") || "nothing"} | ${notice(effect)} |`;
}

type Changes = Exclude<SeenEffect, { readonly refused: string }>;

function sentencesOf(effect: Changes): string[] {
  const replaced = services(effect.replace, "Container");
  return [
    sentence("rolls", replaced.filter(isRolling)),
    sentence(
      "recreates",
      replaced.filter((service) => !isRolling(service)),
    ),
    sentence("adds", services(effect.create, "Container")),
    sentence("removes", services(effect.delete, "Container")),
    sentence("in place", services(effect.update, "Container")),
    ...commandSentences(effect),
  ].filter((text) => text !== "");
}

const isRolling = (service: string): boolean => ROLLING.includes(service);

function commandSentences(effect: Changes): string[] {
  const commands = commandsOf(effect);
  const gates = commands.filter((name) => name.endsWith("-gate")).map((name) => name.replace(/-gate$/, ""));
  const asked = serviceNames(gates).filter((service) => !touched(effect).includes(service));
  const jobs = commands.filter((name) => ["migrations", "worker-proof"].includes(name));
  return [sentence("asks", asked), sentence("runs", jobs.sort()), switchesOnly(effect) ? "switches" : ""];
}

function commandsOf({ replace, update }: Changes): string[] {
  return [...named(replace, "Command"), ...named(update, "Command")];
}

/** Services whose container is new or changed anyway: that its gate is asked goes without saying. */
function touched({ create, replace, update }: Changes): string[] {
  return [create, replace, update].flatMap((names) => services(names, "Container"));
}

/** Whether the switch is all that serves users otherwise: every release of a rolling service has one. */
function switchesOnly(effect: Changes): boolean {
  return commandsOf(effect).includes("switch") && !services(effect.replace, "Container").some(isRolling);
}

function sentence(verb: string, names: readonly string[]): string {
  return names.length === 0 ? "" : `${verb} ${names.map((name) => `\`${name}\``).join(", ")}`;
}

function notice({ replace }: Changes): string {
  const gaps = services(replace, "Container").filter((service) => !isRolling(service));
  return gaps.length === 0 ? "no" : `a gap of ${gaps.map((service) => `\`${service}\``).join(", ")}`;
}

function named(names: readonly string[] = [], type: string): string[] {
  return names.filter((name) => name.startsWith(`${type} `)).map((name) => name.slice(type.length + 1));
}

const services = (names: readonly string[] | undefined, type: string): string[] => serviceNames(named(names, type));

/** `backend-0` and `backend-1` are one service. */
function serviceNames(names: readonly string[]): string[] {
  return [...new Set(names.map((name) => name.replace(/-\d+$/, "")))].sort();
}
