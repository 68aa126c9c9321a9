import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "../../components/engine/connect.ts";
import { LABEL } from "../../components/lib/names.ts";
import { chosenBy, chosenOne } from "../../scripts/lib/choose-containers.ts";
import { EXIT, Refusal } from "../../scripts/lib/outcome.ts";
import { requireRunning } from "../../scripts/lib/require-running.ts";
import { notUp } from "../../scripts/lib/running-stack.ts";
import { defaultStack, refuseUnknownStack } from "../../scripts/lib/stack-choice.ts";
import { containersOf, labelOf, replicaOf, type StackContainer } from "../../scripts/lib/stack-containers.ts";
import { withEngine } from "../support/fake-engine.ts";
import { containerNamed } from "../support/stack-containers.ts";

const id = { project: "onehost", stack: "dev" };

describe("containersOf", () => {
  const info = (name: string, service: string, rollout: string): object => ({
    Id: `id-of-${name}`,
    Names: [`/${name}`],
    Labels: { [LABEL.service]: service, [LABEL.rollout]: rollout, [LABEL.image]: `${service}:1` },
  });

  it("asks for this stack's services alone, and tells them by their logical names", async () => {
    const found = [
      info("onehost-dev-postgres", "postgres", "recreate"),
      info("onehost-dev-backend-1-0a1b2c3", "backend", "rolling"),
    ];
    const { containers, queries } = await withEngine([[/^GET \/containers\/json$/, () => found]], async (endpoint) => ({
      containers: await containersOf(connect(endpoint), id),
    }));
    assert.deepEqual(containers, [containerNamed("backend-1"), containerNamed("postgres")]);
    const label = '["onehost.project=onehost","onehost.stack=dev","onehost.service"]';
    assert.deepEqual(queries, [`GET /containers/json all=true filters={"label":${label}}`]);
  });
});

describe("replicaOf", () => {
  it("leaves out what makes a name unique on its host", () => {
    assert.equal(replicaOf(id, "onehost-dev-backend-0-6fca5b6", true), "backend-0");
    assert.equal(replicaOf(id, "onehost-dev-postgres", false), "postgres");
  });

  it("leaves a fixed name whole that ends as a random one does", () =>
    assert.equal(replicaOf(id, "onehost-dev-abc-defaced", false), "abc-defaced"));

  it("takes a name that somebody else chose as it is", () => assert.equal(replicaOf(id, "mine", false), "mine"));
});

describe("labelOf", () => {
  it("tells a leftover from what serves in its place", () => {
    assert.equal(labelOf(containerNamed("backend-0", true)), "backend-0");
    assert.equal(labelOf(containerNamed("postgres")), "postgres");
    assert.equal(labelOf(containerNamed("backend-0", false)), "onehost-dev-backend-0-0a1b2c3 (not serving)");
  });
});

describe("choosing containers", () => {
  const leftover = containerNamed("backend-0", false, "aaaaaaa");
  const backends = [containerNamed("backend-0", true), containerNamed("backend-1", true)];
  const all: StackContainer[] = [leftover, ...backends, containerNamed("postgres"), containerNamed("worker-0")];

  it("takes all where none is named", () => assert.deepEqual(chosenBy([], all, "dev"), all));

  it("goes by services, logical names and full names", () => {
    assert.deepEqual(chosenBy(["backend"], all, "dev"), [leftover, ...backends]);
    assert.deepEqual(chosenBy(["backend-1", "postgres"], all, "dev"), [backends[1], all[3]]);
    assert.deepEqual(chosenBy([leftover.name], all, "dev"), [leftover]);
  });

  it("prefers one that serves, where there may be one only", () => {
    assert.equal(chosenOne("backend", all, "dev"), backends[0]);
    assert.equal(chosenOne("backend-1", all, "dev"), backends[1]);
    assert.equal(chosenOne(leftover.name, all, "dev"), leftover);
  });

  const refused = (word: string, message: string): void =>
    assert.throws(() => chosenBy([word], all, "dev"), new Refusal(EXIT.usage, message));

  it("names the nearest where a word is mistyped, and all there are", () =>
    refused(
      "bakend",
      'bakend: is no service of stack dev; did you mean "backend"? There are: backend, postgres, worker',
    ));

  it("names all where none is near", () =>
    refused("frontend", "frontend: is no service of stack dev; there are: backend, postgres, worker"));
});

describe("the stack of a command", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "onehost-test-"))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const files = (...names: string[]): void => names.forEach((name) => writeFileSync(join(folder, name), ""));

  it("is the only one that has a file, else dev", () => {
    files("Pulumi.yaml", "Pulumi.prod.yaml");
    assert.equal(defaultStack(folder), "prod");
    files("Pulumi.staging.yaml");
    assert.equal(defaultStack(folder), "dev");
  });

  it("must have a file", () => {
    files("Pulumi.yaml", "Pulumi.prod.yaml", "Pulumi.dev.yaml");
    refuseUnknownStack("prod", folder);
    assert.throws(
      () => refuseUnknownStack("staging", folder),
      new Refusal(EXIT.usage, "stack staging: there is no Pulumi.staging.yaml; stacks with a file: dev, prod"),
    );
  });

  it("must be up, and how to bring it up is said", () => {
    const where = "unix:///var/run/docker.sock";
    const message = `stack dev has no containers on ${where}; bring it up with: npm run quickstart`;
    assert.deepEqual(notUp("dev", where), new Refusal(EXIT.failed, message));
    const other = "stack prod has no containers on ssh://a@b; bring it up with: npm run pulumi -- up --stack prod";
    assert.deepEqual(notUp("prod", "ssh://a@b"), new Refusal(EXIT.failed, other));
  });
});

describe("requireRunning", () => {
  const inspected = (State: object): Promise<object> =>
    withEngine([[/^GET \/containers\/c1\/json$/, () => ({ State })]], (endpoint) =>
      requireRunning(connect(endpoint).getContainer("c1"), "worker"),
    );
  const look = "look with: npm run logs -- worker";

  it("hands over what the engine knows", async () =>
    assert.deepEqual(((await inspected({ Status: "running" })) as { State: object }).State, { Status: "running" }));

  it("says with which code it ended", () =>
    assert.rejects(
      inspected({ Status: "exited", ExitCode: 137 }),
      new Refusal(EXIT.failed, `worker: must be running, is exited with 137; ${look}`),
    ));

  it("says that it is paused", () =>
    assert.rejects(
      inspected({ Status: "paused", ExitCode: 0 }),
      new Refusal(EXIT.failed, `worker: must be running, is paused; ${look}`),
    ));
});
