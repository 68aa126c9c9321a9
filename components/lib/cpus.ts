import { Invalid } from "./fault.ts";

/** Least share of a CPU: below it the provider's own printing is wrong (0.05 becomes "0.1"). */
const LEAST = 0.1;

/**
 * Reads a number of CPUs, at least 0.1 in steps of 0.01, and spells it as the Docker provider reads it back:
 * "0.5", "1.0", "1.25". "1" or "0.50" would replace the container in every `up` (seen with docker 5.2.0).
 * @throws Invalid for anything that is not such a number.
 */
export function parseCpus(value: unknown): string {
  const cpus = typeof value === "number" || (typeof value === "string" && value !== "") ? Number(value) : NaN;
  const isShare = Number.isFinite(cpus) && cpus >= LEAST && Number(cpus.toFixed(2)) === cpus;
  if (!isShare)
    throw new Invalid(
      "must be a number of CPUs, at least 0.1",
      'write it with at most two decimals, for example "0.5"',
    );
  const spelled = asProviderReadsBack(cpus);
  if (Number(spelled) !== cpus)
    throw new Invalid("must be a number of CPUs that Docker's provider reads back as it is", `write "${spelled}"`);
  return spelled;
}

/** The provider's nanoInt64ToDecimalString, its counting of zeros included. */
function asProviderReadsBack(cpus: number): string {
  const decimal = cpus.toFixed(2).padEnd(cpus.toFixed(2).length + 7, "0");
  const zeros = decimal.split("0").length - 1;
  return zeros === 9 ? Number(decimal).toFixed(1) : decimal.replace(/0+$/, "");
}
