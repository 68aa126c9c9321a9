/**
 * What a plan refers to by name, among what it was given.
 * @throws Error where it was not given: a mistake of the program, never of the settings.
 */
export function bound<T>(given: Readonly<Record<string, T | undefined>>, name: string, what: string): T {
  const found = given[name];
  if (found === undefined) throw new Error(`${what} "${name}", which it was not given`);
  return found;
}
