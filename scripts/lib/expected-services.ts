type Group = Readonly<Record<string, unknown>>;

/** How many containers of each service a stack's settings ask for. */
export function expectedServices(config: Readonly<Record<string, unknown>>): Record<string, number> {
  const group = (name: string): Group => (config[name] ?? {}) as Group;
  const count = (name: string, isAsked: boolean): number => (isAsked ? Number(group(name)["replicas"] ?? 1) : 0);
  const hasImage = (name: string): boolean => isGiven(group(name)["image"]) || isGiven(group(name)["build"]);
  return {
    postgres: 1,
    redis: 1,
    backend: count("backend", true),
    frontend: count("frontend", hasImage("frontend")),
    worker: count("worker", isGiven(group("worker")["app"])),
    beat: count("beat", isGiven(group("beat")["app"])),
    bot: count("bot", hasImage("bot") || isGiven(group("bot")["command"])),
    edge: 1,
  };
}

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== "";
}
