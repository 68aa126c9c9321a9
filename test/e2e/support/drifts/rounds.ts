// The drifts of docs/drift.md, as the story makes them.
import { CONTAINERS } from "./containers.ts";
import type { Drift } from "./drift.ts";
import { FOR_PEOPLE } from "./for-people.ts";
import { INSIDE } from "./inside.ts";
import { RESOURCES } from "./resources.ts";

/** Drifts that do not get into each other's way are made together. */
export const ROUNDS: Readonly<Record<string, readonly Drift[]>> = {
  "containers and their limits": CONTAINERS,
  "networks, files and passwords": INSIDE,
  "what people have to see to": FOR_PEOPLE,
  "networks, volumes and images": RESOURCES,
};
