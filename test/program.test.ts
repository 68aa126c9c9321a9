// Runs the whole program under mocks, stack by stack: its inventory, and what must hold of every resource in it.
import "./program/inventory.ts";
import "./program/containers.ts";
import "./program/jobs.ts";
import "./program/order.ts";
import "./program/secrets.ts";
import "./program/audit.ts";
import "./program/conformance.ts";
