/** How many tests passed and failed. A check that is no test suite counts as one. */
export interface Count {
  readonly passed: number;
  readonly failed: number;
}

export function sum(counts: readonly Count[]): Count {
  return counts.reduce((a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed }), {
    passed: 0,
    failed: 0,
  });
}

/**
 * What one mocha run counts for. A run that ended badly counts as a failure even when no test says so: it may have died
 * before it reached one, which leaves no file.
 */
export function countOf(exitCode: number, file: string | undefined): Count {
  const count = file === undefined ? { passed: 0, failed: 0 } : (JSON.parse(file) as Count);
  return exitCode !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count;
}

/** The last line of a test run. */
export function summary({ passed, failed }: Count): string {
  return `${passed} passed, ${failed} failed`;
}
