/** Lines of a table with aligned columns: a heading and one line per row. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [heading.map((cell) => cell.toUpperCase()), ...rows];
  const widths = heading.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("   ")
      .trimEnd(),
  );
}
