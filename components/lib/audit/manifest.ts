import { createHash } from "node:crypto";

/** Where a fill writes down what it wrote, beside the files themselves and as closed as they are. */
export const MANIFEST = ".manifest";

/** One file or directory of a volume, as it was written or as it was found. */
export interface VolumeFile {
  /** Relative to the volume; "." is the volume itself. */
  readonly name: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Empty for a directory. */
  readonly content: string;
}

type Line = Omit<VolumeFile, "name" | "content"> & { readonly sha256: string };

/** The text of a manifest. It can be read by those only who can read the files. */
export function manifestOf(files: readonly VolumeFile[]): string {
  return JSON.stringify(Object.fromEntries(files.map((file) => [file.name, line(file)])));
}

function line({ mode, uid, gid, content }: VolumeFile): Line {
  return { mode, uid, gid, sha256: createHash("sha256").update(content).digest("hex") };
}

/** What was done to the files since they were written: "secret_key edited". Never a value. */
export function differences(files: readonly VolumeFile[]): string[] {
  const manifest = files.find(({ name }) => name === MANIFEST);
  const written = manifest && parse(manifest.content);
  if (!written) return [`${MANIFEST} ${manifest ? "edited" : "deleted"}`];
  const present = files.filter(({ name }) => name !== MANIFEST);
  const gone = Object.keys(written).filter((name) => !present.some((file) => file.name === name));
  return [
    ...gone.map((name) => `${name} deleted`),
    ...present.flatMap((file) => differencesOf(file, written[file.name])),
  ].sort();
}

function parse(content: string): Record<string, Line> | undefined {
  try {
    return JSON.parse(content) as Record<string, Line>;
  } catch {
    return undefined;
  }
}

function differencesOf(file: VolumeFile, written: Line | undefined): string[] {
  if (!written) return [`${file.name} added`];
  const now = line(file);
  const octal = (mode: number): string => mode.toString(8).padStart(4, "0");
  const name = file.name === "." ? "their directory" : file.name;
  return [
    ...(now.sha256 === written.sha256 ? [] : [`${name} edited`]),
    ...(now.mode === written.mode ? [] : [`${name} has mode ${octal(now.mode)}, written ${octal(written.mode)}`]),
    ...(now.uid === written.uid && now.gid === written.gid ? [] : [`${name} belongs to ${now.uid}:${now.gid}`]),
  ];
}
