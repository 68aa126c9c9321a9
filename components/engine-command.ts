import * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import type { Host } from "./host.ts";

export interface EngineCommandArgs {
  readonly host: Host;
  /** Name of a script in components/engine, without its extension. */
  readonly script: "fill-volume" | "gate" | "job" | "switch";
  readonly environment?: Readonly<Record<string, pulumi.Input<string>>>;
  readonly stdin?: pulumi.Input<string>;
  /** A change of any of them runs the script anew. */
  readonly triggers?: readonly pulumi.Input<string>[];
}

/**
 * A script of ours that acts on the host through the Engine API, run by the machine that runs Pulumi. When it fails it
 * is not recorded, so it runs again in the next `up`.
 */
export function engineCommand(
  name: string,
  args: EngineCommandArgs,
  opts: pulumi.CustomResourceOptions,
): command.local.Command {
  const inputs: command.local.CommandArgs = {
    interpreter: ["node", "--import", "tsx"],
    create: scriptPath(args.script),
    environment: { DOCKER_HOST: args.host.endpoint, ...args.environment },
    ...(args.stdin !== undefined && { stdin: args.stdin }),
    ...(args.triggers && { triggers: [...args.triggers] }),
  };
  return new command.local.Command(name, inputs, opts);
}

/** Relative to the project, where Pulumi runs it: an absolute path would be a difference on every other machine. */
const scriptPath = (script: string): string => `components/engine/${script}.ts`;
