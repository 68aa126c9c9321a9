// Does not prove that an image has this shell or that its user may read the files; test/e2e does. The script itself is run.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { appProcess, throughEntrypoint } from "../../../components/lib/app-process.ts";
import { APP, APP_PROCESS } from "../../support/plans.ts";

describe("appProcess", () => {
  it("of an application that reads files runs the image's own entrypoint and tells where the files are", () =>
    assert.deepStrictEqual(appProcess(APP), APP_PROCESS));

  it("lets the stack's own variables win", () => {
    const env = { LOG_LEVEL: "info", REDIS_URL_FILE: "/elsewhere" };
    assert.deepStrictEqual(appProcess({ ...APP, env }).env, {
      DATABASE_URL_FILE: "/run/secrets/database_url",
      REDIS_URL_FILE: "/elsewhere",
      LOG_LEVEL: "info",
    });
  });

  it("mounts the uploads where the application keeps them", () =>
    assert.deepStrictEqual(appProcess({ ...APP, uploads: "/srv/uploads" }), {
      ...APP_PROCESS,
      mounts: [{ volume: "uploads", target: "/srv/uploads" }],
    }));
});

describe("the entrypoint for an application that reads only its environment", () => {
  const { entrypoint, ...rest } = appProcess({ ...APP, secretsAs: "environment" });
  const folder = mkdtempSync(`${tmpdir()}/onehost-secrets-`);
  after(() => rmSync(folder, { recursive: true }));

  it("is all that differs", () => {
    assert.deepStrictEqual(rest, APP_PROCESS);
    assert.deepStrictEqual(entrypoint, [
      "/bin/sh",
      "-c",
      [
        "for file in /run/secrets/*; do",
        '  export "$(basename "$file" | tr a-z A-Z)=$(cat "$file")"',
        "done",
        'exec "$@"',
      ].join("\n"),
      "export-secrets",
    ]);
  });

  it("exports every secret under its name in capitals, whatever is in it, and runs the command", () => {
    const awkward = `a "b" '$c' \\d`;
    writeFileSync(`${folder}/database_url`, awkward);
    writeFileSync(`${folder}/api_key`, "second");
    const script = (entrypoint?.[2] as string).replaceAll("/run/secrets", folder);
    const print = ["node", "-e", "console.log(JSON.stringify([process.env.DATABASE_URL, process.env.API_KEY]))"];
    const output = execFileSync("/bin/sh", ["-c", script, "export-secrets", ...print], { encoding: "utf8" });
    assert.deepStrictEqual(JSON.parse(output), [awkward, "second"]);
  });

  it("is the way of any other command in that container too, and no other entrypoint is", () => {
    assert.deepStrictEqual(throughEntrypoint(entrypoint ?? [], ["sh"]), [...(entrypoint ?? []), "sh"]);
    assert.deepStrictEqual(throughEntrypoint(["docker-entrypoint.sh"], ["sh"]), ["sh"]);
    assert.deepStrictEqual(throughEntrypoint([], ["sh"]), ["sh"]);
  });
});
