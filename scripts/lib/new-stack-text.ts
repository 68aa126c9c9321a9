import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "./folders.ts";
import type { NewStack } from "./new-stack.ts";
import { EXIT, Refusal } from "./outcome.ts";

/** @throws Refusal for a name that containers cannot have, and for a stack that has a file. */
export function refuseStackName(stack: string, folder = root): void {
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(stack)) {
    const must = `must begin with a letter and go on in letters in lower case, digits and hyphens, 32 at most`;
    throw new Refusal(EXIT.usage, `stack: ${must}, got "${stack}"; write, for example, "shop"`);
  }
  if (!existsSync(join(folder, `Pulumi.${stack}.yaml`))) return;
  const remedy = "edit it, or choose another name";
  throw new Refusal(EXIT.usage, `stack ${stack}: there is a Pulumi.${stack}.yaml already; ${remedy}`);
}

/** The one answer that has no default. */
export function missingImage(stack: string): Refusal {
  const remedy = "add --image <reference> or --build <folder>, or run this on a terminal to be asked";
  return new Refusal(EXIT.usage, `stack ${stack}: the application's image must be given; ${remedy}`);
}

/** What was made, and how to go on. `place` is the host with what it has. */
export function afterwards(from: NewStack, place: string): string {
  const { generated, fromEnvironment } = from.secrets;
  const secrets = [
    ...(generated.length > 0 ? [`generated: ${generated.join(", ")}`] : []),
    ...(fromEnvironment.length > 0 ? [`from the environment: ${fromEnvironment.join(", ")}`] : []),
  ];
  return [
    `Pulumi.${from.stack}.yaml: written, size ${from.size}, for ${place}`,
    ...(secrets.length > 0 ? [`Secrets, encrypted in it: ${secrets.join("; ")}`] : []),
    "Next, look at what will be made, then make it:",
    `  npm run pulumi -- preview -s ${from.stack}`,
    `  npm run pulumi -- up -s ${from.stack}`,
  ].join("\n");
}
