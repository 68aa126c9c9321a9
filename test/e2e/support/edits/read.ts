import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { get } from "node:https";
import { exec, lastLogLines } from "../../../../components/engine/exec.ts";
import { LABEL } from "../../../../components/lib/names.ts";
import { EDGE_TLS_PORT } from "../../../../components/lib/schema.ts";
import { succeeded } from "../assertions.ts";
import type { Edit } from "./edit.ts";

type Read = Edit["read"];

/** A value of a container's inspection by its dotted path: `HostConfig.Memory`. */
export function inspected(service: string, path: string): Read {
  return async ({ stack }) => at(await (await stack.one(service)).inspect(), path);
}

/** Those of the words that stand in a list of a container's inspection, in their order there. */
export function wordsOf(service: string, path: string, ...words: string[]): Read {
  return async (world) => {
    const list = (await inspected(service, path)(world)) as string[];
    return list.filter((word) => words.includes(word));
  };
}

/** The word after another one in a container's command. */
export function option(service: string, name: string): Read {
  return async (world) => {
    const command = (await inspected(service, "Config.Cmd")(world)) as string[];
    return command[command.indexOf(name) + 1];
  };
}

/** What a command writes inside a container. */
export function inside(service: string, ...command: string[]): Read {
  return async ({ stack }) => {
    const { exitCode, output } = await exec(await stack.one(service), command);
    assert.equal(exitCode, 0, output);
    return output.trim();
  };
}

/** A value of the inspection of the image that a container runs. */
export function ofImage(service: string, path: string): Read {
  return async (world) => {
    const image = (await inspected(service, "Image")(world)) as string;
    return at(await world.stack.engine.getImage(image).inspect(), path);
  };
}

/** Which image a container was asked to run, as people call it. */
export const imageName = (service: string): Read => inspected(service, `Config.Labels.${LABEL.image}`);

export const containersOf =
  (service: string): Read =>
  async ({ stack }) =>
    (await stack.of(service)).length;

/** The status that the edge answers with, for a domain, under a certificate of its own making. */
export const answered =
  (domain: string, path: string): Read =>
  async (world) => {
    const [binding] = (await inspected("edge", `HostConfig.PortBindings.${EDGE_TLS_PORT}/tcp`)(world)) as Binding[];
    const options = { host: "127.0.0.1", port: Number(binding?.HostPort), path, servername: domain };
    const asked = get({ ...options, headers: { host: domain }, rejectUnauthorized: false });
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    response.resume();
    return response.statusCode;
  };

interface Binding {
  readonly HostPort: string;
}

/** Where a container's port is published: `127.0.0.1:5432`. */
export const published =
  (service: string, port: number): Read =>
  async (world) => {
    const bindings = await inspected(service, `HostConfig.PortBindings.${port}/tcp`)(world);
    return (bindings as { HostIp: string; HostPort: string }[]).map(({ HostIp, HostPort }) => `${HostIp}:${HostPort}`);
  };

/** Whether a container's log says something. */
export const logged =
  (service: string, text: string): Read =>
  async ({ stack }) =>
    (await lastLogLines(await stack.one(service), 500)).includes(text);

/** A value of the state, by a resource's name and type and a dotted path. */
export function recorded(type: string, name: string, path: string): Read {
  return async ({ stack }) => {
    const { output } = succeeded(await stack.pulumi("stack", "export"));
    const { deployment } = JSON.parse(output.slice(output.indexOf("{"))) as { deployment: { resources: State[] } };
    const found = deployment.resources.find(({ urn }) => urn.endsWith(`${type}::${name}`));
    return at(found, path);
  };
}

interface State {
  readonly urn: string;
}

/** A label's name may have dots of its own: the longest key that fits counts. */
function at(value: unknown, path: string): unknown {
  if (path === "" || typeof value !== "object" || value === null) return value;
  const keys = Object.keys(value).filter((key) => path === key || path.startsWith(`${key}.`));
  const key = keys.sort((a, b) => b.length - a.length)[0];
  return key === undefined ? undefined : at((value as Record<string, unknown>)[key], path.slice(key.length + 1));
}
