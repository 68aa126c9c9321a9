// Reads what `npm run drift -- --json` found from stdin and writes it as an issue's text.
import { text } from "node:stream/consumers";

const { stack, findings } = JSON.parse(await text(process.stdin));

// Service and property first, then whatever else the findings tell.
const columns = [...new Set(["service", "property", ...findings.flatMap((finding) => Object.keys(finding))])];
const cell = (value) =>
  value === undefined || value === null ? "" : plain(typeof value === "string" ? value : JSON.stringify(value));
// Text of the host's must not become a table's border, a mention of somebody or HTML.
const plain = (value) => value.replace(/\s+/g, " ").replace(/[\\|`*_<>@#~[\]]/g, (sign) => `&#${sign.codePointAt(0)};`);
const row = (cells) => `| ${cells.join(" | ")} |`;

console.log(
  [
    `The host of stack \`${stack}\` differs from what is declared, in ${findings.length} places.`,
    "",
    row(columns),
    row(columns.map(() => "---")),
    ...findings.map((finding) => row(columns.map((column) => cell(finding[column])))),
    "",
    `\`npm run pulumi -- preview --stack ${stack}\` shows what \`up\` would repair. This issue closes by itself once the host is in sync again.`,
  ].join("\n"),
);
