// Property values as they travel between engine and provider: plain JSON with two special forms.

export type Value = null | boolean | number | string | Value[] | Props;
export type Props = { [key: string]: Value };

/** What the engine sends for a value that only an apply will bring; one per type, all alike to us. */
const unknowns = new Set([
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const signature = "4dabf18193072939515e22adb298388d";
const secretMark = "1b47061264138c4ac30d75fd1eb44270";

export const isObject = (value: Value | undefined): value is Props =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const isUnknown = (value: Value | undefined): boolean => typeof value === "string" && unknowns.has(value);

export const isSecret = (value: Value | undefined): boolean => isObject(value) && value[signature] === secretMark;

export const secret = (value: Value): Props => ({ [signature]: secretMark, value });

/** Nothing there, in any of the ways that mean the same to the Docker provider. */
export function isEmpty(value: Value | undefined): boolean {
  if (value === undefined || value === null || value === "" || value === 0 || value === false) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** The value without its secret marks. */
export function reveal(value: Value): Value {
  if (Array.isArray(value)) return value.map(reveal);
  if (!isObject(value)) return value;
  if (isSecret(value)) return reveal(value.value ?? null);
  return mapValues(value, reveal);
}

/** True where some part of the value is for which `test` holds. */
export function some(value: Value, test: (value: Value) => boolean): boolean {
  return (
    test(value) || (typeof value === "object" && value !== null && Object.values(value).some((v) => some(v, test)))
  );
}

export function mapValues<A, B>(props: Record<string, A>, change: (value: A, key: string) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(props).map(([key, value]) => [key, change(value, key)]));
}

/** The property in which a path lies. */
export const topLevel = (path: string): string => path.replace(/[.[].*/, "");
