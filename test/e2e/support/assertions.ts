import assert from "node:assert/strict";
import type { Run } from "./stack.ts";

/** The run's output is the message, because it says why. */
export function succeeded(run: Run): Run {
  assert.equal(run.exitCode, 0, run.output);
  return run;
}

/** What an address answers with success. */
export async function getJson(address: string): Promise<Record<string, string>> {
  return answered(await fetch(address));
}

/** What an address answers with success to a JSON body. */
export async function postJson(address: string, body: unknown): Promise<Record<string, string>> {
  const headers = { "content-type": "application/json" };
  return answered(await fetch(address, { method: "POST", headers, body: JSON.stringify(body) }));
}

async function answered(response: Response): Promise<Record<string, string>> {
  assert.ok(response.ok, `${response.url}: ${response.status} ${response.ok ? "" : await response.text()}`);
  return (await response.json()) as Record<string, string>;
}

/** What an address answers, whatever it is. */
export async function getList(address: string): Promise<unknown> {
  return (await fetch(address)).json();
}

/** Waits until something holds; asks twice a second. */
export async function until(holds: () => Promise<boolean>, seconds: number): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await holds())) {
    if (Date.now() > deadline) assert.fail(`not so within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
