/** Ends with a code, without a word, on Ctrl-C and where nobody reads on: `npm run logs -- --follow | head`. */
export function endQuietly(code: number): void {
  process.on("SIGINT", () => process.exit(code));
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(code);
    throw error;
  });
}
