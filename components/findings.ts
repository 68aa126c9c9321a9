import { writeFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { type Finding, renderFinding } from "./lib/audit/finding.ts";

const told: Finding[] = [];

/**
 * Says a finding in the preview, below the service that it belongs to by name. `npm run drift` also wants it as data, in
 * the file that the environment's ONEHOST_FINDINGS names.
 */
export function tell(finding: Finding): void {
  told.push(finding);
  void pulumi.log.warn(`${finding.service}: ${renderFinding(finding)}`);
  const file = process.env["ONEHOST_FINDINGS"];
  if (file) writeFileSync(file, JSON.stringify(told), { mode: 0o600 });
}
