// Does not prove that the SDK logs nothing else in clear; test/e2e searches what `--debug` prints for every secret.
import assert from "node:assert/strict";
import { withoutAnswer } from "../../components/debug-log.ts";

const LEFT_OUT = ", resp: left out, because it holds secrets in clear";

describe("withoutAnswer", () => {
  const answers = ["{}", "[object Object]", '{"result":"s3cret"}', 'line\n"s3cret"\n, resp: s3cret'];
  for (const answer of answers)
    it(`leaves out ${JSON.stringify(answer)}, all of it`, () =>
      assert.equal(
        withoutAnswer(`RegisterResource RPC finished: label, t=x; err: null, resp: ${answer}`),
        `RegisterResource RPC finished: label, t=x; err: null${LEFT_OUT}`,
      ));

  for (const message of ["", "Registering resource: t=x", "the response: none", "RPC prepared:\nresp is due"])
    it(`keeps ${JSON.stringify(message)}, which has none`, () => assert.equal(withoutAnswer(message), message));
});
