// It does not prove that the figures are right, only that they are said as they were measured.
import assert from "node:assert/strict";
import { plot } from "../bench/plot.ts";
import { report } from "../bench/report.ts";
import type { Measured } from "../bench/measure.ts";

const runs = (...walls: number[]) => walls.map((wall) => ({ wall, cpu: wall / 2 }));
const MEASURED: Measured = {
  machine: { processors: "2 × Abacus", node: "v20" },
  sizes: [1, 2],
  samples: {
    empty: runs(1, 2),
    plain: runs(1.5, 5),
    "empty@2": runs(1, 2),
    "plain@2": runs(2, 5),
    refresh: runs(4, 4),
    both: runs(5, 5.4),
    "both@2": runs(5.3, 5.5),
  },
  audit: { load: 0.05, cold: 0.21, warm: [0.05, 0.2] },
};

describe("bench report", () => {
  it("says every figure, with its ratio within the rounds, and which goals were reached", () => {
    assert.equal(
      report(MEASURED),
      `| | seconds | least to most | × empty | CPU seconds | × empty |
| --- | --: | --: | --: | --: | --: |
| preview of an empty program, run by tsx | 1.50 | 1.00 to 2.00 | 1.0 | 0.75 | 1.0 |
| preview, neither refresh nor audit | 3.25 | 1.50 to 5.00 | 2.0 | 1.63 | 2.0 |
| preview, refresh | 4.00 | 4.00 to 4.00 | 3.0 | 2.00 | 3.0 |
| preview, refresh and audit (the default) | 5.20 | 5.00 to 5.40 | 3.9 | 2.60 | 3.9 |
| preview, neither refresh nor audit; 14 containers | 3.50 | 2.00 to 5.00 | 2.3 | 1.75 | 2.3 |
| preview, refresh and audit (the default); 14 containers | 5.40 | 5.30 to 5.50 | 4.0 | 2.70 | 4.0 |

| goal | at most | measured | reached |
| --- | --: | --: | --- |
| plain preview ÷ empty program | 2 | 2.0 | yes |
| refresh and audit − refresh | 1 s | 1.200 s | no |
| audit of the stack, asked again | 0.15 s | 0.125 s | yes |
| each added container, refresh and audit | 0.04 s | 0.029 s | yes |
| each added container, plain | 0.04 s | 0.036 s | yes |

The audit in a program of its own: first 210 ms, then 50 ms, 200 ms; loading its modules after the settings' 50 ms.

Machine: processors 2 × Abacus, node v20.`,
    );
  });

  it("draws every case that was measured, and only those", () => {
    const svg = plot(MEASURED);
    assert.match(svg, /^<svg [^]*<\/svg>\n$/);
    assert.equal(svg.match(/<rect /g)?.length, 1 + 4);
    assert.doesNotMatch(svg, /compose|NaN|Infinity/);
  });
});
