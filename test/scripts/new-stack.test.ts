// What a new stack's file says, and every word that npm run new refuses with. test/e2e/new.e2e.ts makes real ones.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { capacityFaults, demands, tightRelease } from "../../components/lib/capacity.ts";
import { renderFault } from "../../components/lib/fault.ts";
import type { Settings } from "../../components/lib/settings.ts";
import { renderStackFile } from "../../scripts/lib/new-stack.ts";
import { checkNewStack } from "../../scripts/lib/new-stack-check.ts";
import {
  type Flags,
  newStackOf,
  openQuestions,
  QUESTIONS,
  secretName,
  sizeNamed,
} from "../../scripts/lib/new-stack-flags.ts";
import { SIZE_NAMES, type SizeName } from "../../scripts/lib/new-stack-size.ts";
import { afterwards, missingImage, refuseStackName } from "../../scripts/lib/new-stack-text.ts";

const stackOf = (flags: Flags, stack = "shop") => newStackOf({ project: "onehost", stack }, flags);
const check = (flags: Flags, env = {}) => checkNewStack(stackOf(flags), env, "/nonexistent");
const faultsOf = (flags: Flags, env = {}): string[] => check(flags, env).faults.map(renderFault);

const EVERYTHING: Flags = {
  host: "ssh://deploy@shop.example.org",
  domain: "shop.example.org",
  size: "medium",
  image: "registry.example.org/backend:1",
  frontendImage: "registry.example.org/frontend:1",
  migrations: "alembic upgrade head",
  uploads: "/app/uploads",
  worker: "app.worker",
  beat: true,
  botCommand: "python -m app.bot",
  secret: ["SESSION_KEY"],
  secretFromEnv: ["SMTP_PASSWORD"],
};

const EVERYTHING_RENDERED = `# yaml-language-server: $schema=docs/stack.schema.json
# shop: on a host of its own, served on https://shop.example.org. All settings: docs/configuration.md.
config:
  # Where: the machine that the services run on. Over ssh, its user must be in the group docker.
  onehost:host: ssh://deploy@shop.example.org

  # What: images by reference, which are pulled, or folders with a Dockerfile.
  onehost:app:
    image: registry.example.org/backend:1
    uploads: /app/uploads
    secrets: [SESSION_KEY, SMTP_PASSWORD]
  onehost:migrations:
    command: [alembic, upgrade, head]
  onehost:frontend:
    image: registry.example.org/frontend:1

  # How much: limits that fit a host with 4 GB of memory, during a release too.
  onehost:backend:
    replicas: 2
  onehost:worker:
    app: app.worker
    memory: 512MiB
  onehost:beat:
    app: app.worker
  onehost:bot:
    command: [python, -m, app.bot]
    secrets: [BOT_TOKEN]
  onehost:postgres:
    memory: 1GiB

  # The way in.
  onehost:edge:
    domain: shop.example.org

  # Secrets, encrypted. To change one, and be asked for its value: npm run pulumi -- config set --secret --path 'onehost:secrets.NAME' --stack shop
  onehost:secrets:
    SESSION_KEY:
      secure: v1:a
    SMTP_PASSWORD:
      secure: v1:b
    BOT_TOKEN:
      secure: v1:c

encryptionsalt: v1:salt
`;

describe("renderStackFile", () => {
  it("writes one comment for each group, and what the CLI has encrypted", () => {
    const secrets = {
      SESSION_KEY: { secure: "v1:a" },
      SMTP_PASSWORD: { secure: "v1:b" },
      BOT_TOKEN: { secure: "v1:c" },
    };
    const encrypted = { secrets, beside: { encryptionsalt: "v1:salt" } };
    assert.equal(renderStackFile(stackOf(EVERYTHING), encrypted), EVERYTHING_RENDERED);
  });

  it("leaves out what was not asked for", () => {
    const lines = [
      "# yaml-language-server: $schema=docs/stack.schema.json",
      "# shop: on this machine's Docker, served in plain HTTP. All settings: docs/configuration.md.",
      "config:",
      "  # What: images by reference, which are pulled, or folders with a Dockerfile.",
      "  onehost:app:",
      "    image: app:1",
      "",
    ];
    assert.equal(renderStackFile(stackOf({ image: "app:1" })), lines.join("\n"));
  });

  it("quotes what YAML would take for something else", () =>
    assert.match(
      renderStackFile(stackOf({ image: "app:1", migrations: "migrate 1 yes: true" })),
      /command: \[migrate, "1", "yes:", "true"\]/,
    ));
});

describe("a size", () => {
  const GB = 1e9;
  const HOSTS: Record<SizeName, { memory: number; cpus: number; hasRoomForRelease: boolean }> = {
    small: { memory: 2 * GB, cpus: 1, hasRoomForRelease: false },
    medium: { memory: 4 * GB, cpus: 1, hasRoomForRelease: true },
    large: { memory: 8 * GB, cpus: 2, hasRoomForRelease: true },
  };

  for (const size of SIZE_NAMES)
    it(`${size} has no faults and fits the host that it is meant for, with every service there is`, () => {
      const env = { SMTP_PASSWORD: "x", BOT_TOKEN: "y" };
      const { faults, settings } = check({ ...EVERYTHING, size }, env);
      assert.deepEqual(faults, []);
      const wanted = demands(settings as Settings);
      assert.equal(wanted.length, 8);
      const { memory, cpus, hasRoomForRelease } = HOSTS[size];
      const capacity = { memory: { bytes: memory }, cpus };
      assert.deepEqual(capacityFaults(wanted, "unix:///s", capacity), []);
      assert.equal(tightRelease(wanted, capacity) === undefined, hasRoomForRelease);
    });

  it("says nothing about services that were not asked for", () => {
    const text = renderStackFile(stackOf({ image: "app:1", size: "large" }));
    assert.doesNotMatch(text, /worker|frontend/);
  });
});

describe("checkNewStack", () => {
  it("finds what the program would find", () =>
    assert.deepEqual(faultsOf({ image: "app 1", domain: "Shop", host: "shop" }), [
      'host: must be a Docker host by unix://, ssh:// or tcp://, got "shop"; write, for example, "ssh://deploy@example.org"',
      'app.image: must be an image reference, got "app 1"; write, for example, "registry.example.org/app:1.4.2"',
      'edge.domain: must be a domain name in lower case, got "Shop"; write, for example, "example.org"',
    ]));

  it("pins images of a stack called prod", () =>
    assert.deepEqual(checkNewStack(stackOf({ image: "app:1" }, "prod"), {}).faults.map(renderFault), [
      'app.image: must be pinned by digest, name@sha256:…, got "app:1"; docker buildx imagetools inspect <image> says its digest; or write pinned: false',
    ]));

  it("asks for a Dockerfile in a folder to build", () => {
    const folder = mkdtempSync(join(tmpdir(), "onehost-test-"));
    mkdirSync(join(folder, "api"));
    writeFileSync(join(folder, "api/Dockerfile"), "");
    const { faults } = checkNewStack(stackOf({ build: "api", frontendBuild: "web" }), {}, folder);
    rmSync(folder, { recursive: true });
    assert.deepEqual(faults.map(renderFault), [
      'frontend.build: must be a folder with a Dockerfile, got "web"; write the folder as seen from this checkout',
    ]);
  });

  it("asks for the secrets that the environment is to have, a bot's token among them, and shows none", () =>
    assert.deepEqual(
      faultsOf({ image: "app:1", botCommand: "bot", secretFromEnv: ["A", "B"] }, { A: "hush", B: "" }),
      ["B", "BOT_TOKEN"].map(
        (name) => `secrets.${name}: must be in the environment as ${name}; run: read -rs ${name} && export ${name}`,
      ),
    ));
});

describe("newStackOf", () => {
  it("takes each secret once, from the environment where it is there too", () => {
    const { secrets } = stackOf({ botCommand: "bot", secret: ["A", "A", "B", "BOT_TOKEN"], secretFromEnv: ["B"] });
    assert.deepEqual(secrets, { generated: ["A"], fromEnvironment: ["B", "BOT_TOKEN"] });
  });

  it("refuses beat without a worker", () =>
    assert.throws(() => stackOf({ image: "app:1", beat: true }), {
      code: 2,
      message: "--beat: must come with --worker, whose schedule it keeps; add --worker",
    }));

  it("takes empty answers for none", () => {
    const empty = { image: "app:1", host: "", domain: "", worker: "", frontendImage: "", migrations: "" };
    assert.deepEqual(stackOf(empty), stackOf({ image: "app:1" }));
  });
});

describe("the questions", () => {
  const flagsOf = (flags: Flags): string[] => openQuestions(flags).map(({ flags: [first] }) => first as string);

  it("are those that no flag has answered", () => {
    const open = ["host", "size", "frontendImage", "migrations", "uploads", "worker", "beat", "botCommand", "secret"];
    assert.deepEqual(flagsOf({ publish: "127.0.0.1:8090", build: "api" }), open);
    assert.deepEqual(flagsOf({ ...EVERYTHING }), []);
  });

  it("ask for beat only where there is a worker", () => {
    const asked = (flags: Flags): boolean | undefined =>
      QUESTIONS.find(({ flags: [first] }) => first === "beat")?.isAsked?.(flags);
    assert.deepEqual([asked({}), asked({ worker: "" }), asked({ worker: "app.worker" })], [false, false, true]);
  });

  it("take an existing folder for one to build, and anything else for an image", () => {
    const app = QUESTIONS.find(({ flags }) => flags.includes("image"));
    const take = (answer: string): Flags | undefined => app?.take(answer, (path) => path === "api");
    assert.deepEqual([take("api"), take("app:1")], [{ build: "api" }, { image: "app:1" }]);
  });

  it("refuse an unknown size and a bad name of a secret", () => {
    const size = '--size: must be small, medium or large, got "tiny"; write, for example, "small"';
    assert.throws(() => sizeNamed("tiny"), { code: 2, message: size });
    const rule = "must be a name of letters, digits and underscores";
    const name = `--secret: ${rule}, got "a-b"; write, for example, SESSION_KEY`;
    assert.throws(() => secretName("a-b"), { code: 2, message: name });
  });
});

describe("what npm run new says", () => {
  it("refuses a name that containers cannot have", () => {
    const must = "stack: must begin with a letter and go on in letters in lower case, digits and hyphens, 32 at most";
    for (const name of ["Shop", "1shop", "a/b", "../x", "", "a".repeat(33)])
      assert.throws(() => refuseStackName(name), {
        code: 2,
        message: `${must}, got "${name}"; write, for example, "shop"`,
      });
    refuseStackName("a".repeat(32));
  });

  it("refuses to overwrite a stack's file", () =>
    assert.throws(() => refuseStackName("staging"), {
      code: 2,
      message: "stack staging: there is a Pulumi.staging.yaml already; edit it, or choose another name",
    }));

  it("names the flags of the answer that has no default", () => {
    const remedy = "add --image <reference> or --build <folder>, or run this on a terminal to be asked";
    const { code, message } = missingImage("shop");
    assert.deepEqual([code, message], [2, `stack shop: the application's image must be given; ${remedy}`]);
  });

  it("ends with what was generated and the next two commands", () =>
    assert.equal(
      afterwards(stackOf(EVERYTHING), "ssh://a@b (4GiB, 2 CPUs)"),
      `Pulumi.shop.yaml: written, size medium, for ssh://a@b (4GiB, 2 CPUs)
Secrets, encrypted in it: generated: SESSION_KEY; from the environment: SMTP_PASSWORD, BOT_TOKEN
Next, look at what will be made, then make it:
  npm run pulumi -- preview -s shop
  npm run pulumi -- up -s shop`,
    ));
});
