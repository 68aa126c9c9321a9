/** What keeps quickstart from its work, in one line each: cause and remedy. Pure; the others of this folder look. */

/** Where the stack is to be served. */
export interface Published {
  readonly ip: string;
  readonly port: number;
  /** The setting that says so. */
  readonly key: string;
}

/** Who listens there, as far as that could be found out. */
export function portFault({ ip, port, key }: Published, listener: string | undefined, stack: string): string {
  const elsewhere = `npm run pulumi -- config set --path ${key} ${ip}:${port === 65_535 ? 8080 : port + 1} --stack ${stack}`;
  const who = listener ?? "another program";
  return `${key}: port ${port} of ${ip} is taken by ${who}; stop that, or serve elsewhere: ${elsewhere}`;
}

/** Bytes free where files of this run will be written. */
export interface Place {
  readonly path: string;
  readonly free: number;
}

/** Bytes that the toolchain or the images take, with what it takes to make them. */
export const NEEDED_BYTES = 5e9;

/** The first place with too little room; undefined where there is none. */
export function diskFault(places: readonly Place[]): string | undefined {
  const full = places.find(({ free }) => free < NEEDED_BYTES);
  if (full === undefined) return undefined;
  const has = `${full.path} has ${(Math.floor(full.free / 1e8) / 10).toFixed(1)} GB free and needs ${NEEDED_BYTES / 1e9} GB`;
  return `${has}; free some there (for images: docker system prune), then run this again`;
}

/** What apt says when it cannot reach its sources, or cannot find what they have. */
const UNREACHABLE =
  /unable to (locate|fetch)|failed to fetch|has no installation candidate|could not (connect|resolve)/i;

/** Why packages could not be installed, of what apt printed. */
export function aptFault(packages: readonly string[], output: string): string {
  const lines = output.split("\n").map((line) => line.trim());
  const cause =
    lines.find((line) => line.startsWith("E: ")) ?? lines.findLast((line) => line !== "") ?? "it said nothing";
  const remedy = UNREACHABLE.test(output)
    ? "see that this machine reaches its package sources (apt-get update)"
    : "see what is wrong with: apt-get install -f";
  return `apt could not install ${packages.join(", ")} (${cause.replace(/^E: /, "")}); ${remedy}, then run this again`;
}

/** Why there is no Docker and none can be had, on this kind of machine. */
export function noDockerFault({ isRoot, hasApt }: { isRoot: boolean; hasApt: boolean }): string {
  const remedy = hasApt
    ? "run this as root (sudo npm run quickstart), which installs it, or ask somebody who may"
    : "install it (https://docs.docker.com/engine/install), start it";
  const cause = isRoot ? "there is no apt here to install it" : "installing it takes root";
  return `Docker is not on this machine, and ${cause}; ${remedy}, then run this again`;
}
