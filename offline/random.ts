// Stand-in for the random provider: RandomPassword and RandomId.
import { randomBytes, randomInt } from "node:crypto";
import {
  type Checked,
  type Context,
  type Difference,
  type Resource,
  serveProvider,
  type State,
} from "./provider/server.ts";
import { faults, bool, int, map, string, type Table } from "./provider/table.ts";
import { mapValues, type Props, secret, UNKNOWN, type Value } from "./provider/values.ts";

/** A type whose every input replaces. */
interface Kind {
  readonly table: Table;
  readonly meta?: string;
  generate(inputs: Props): { id: string; outputs: Props };
}

const alphabets = [
  ["special", "minSpecial", "!@#$%&*()-_=+[]{}<>:?"],
  ["lower", "minLower", "abcdefghijklmnopqrstuvwxyz"],
  ["upper", "minUpper", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"],
  ["numeric", "minNumeric", "0123456789"],
] as const;

const pick = (characters: string, count: number) =>
  Array.from({ length: count }, () => characters[randomInt(characters.length)]!);

function shuffle(characters: string[]): string {
  const left = [...characters];
  return characters.map(() => left.splice(randomInt(left.length), 1)[0]!).join("");
}

function password(inputs: Props) {
  const of = (flag: string, all: string) => (flag === "special" && (inputs.overrideSpecial as string)) || all;
  const used = alphabets.filter(([flag]) => inputs[flag]).map(([flag, min, all]) => [min, of(flag, all)] as const);
  const demanded = used.flatMap(([minimum, characters]) => pick(characters, inputs[minimum] as number));
  const rest = pick(used.map(([, characters]) => characters).join(""), (inputs.length as number) - demanded.length);
  // The official provider adds `bcryptHash`, for which Node has no function: a program that asks for it gets nothing.
  return { id: "none", outputs: { result: secret(shuffle([...demanded, ...rest])) } };
}

function identifier({ byteLength, prefix }: Props) {
  const bytes = randomBytes(byteLength as number);
  const [hex, id] = [bytes.toString("hex"), bytes.toString("base64url")];
  const forms = { hex, b64Std: bytes.toString("base64"), b64Url: id, dec: BigInt(`0x${hex}`).toString() };
  return { id, outputs: mapValues(forms, (form) => ((prefix ?? "") as string) + form) };
}

const flag = bool("R", { default: true });
const minimum = int("R", { default: 0 });
const [positive, anything] = [int("R", { required: true }), map("R")];

const kinds: Record<string, Kind> = {
  "random:index/randomPassword:RandomPassword": {
    table: {
      ...{ keepers: anything, length: positive, overrideSpecial: string("R") },
      ...{ lower: flag, numeric: flag, special: flag, upper: flag },
      ...{ minLower: minimum, minNumeric: minimum, minSpecial: minimum, minUpper: minimum },
      ...{ result: string(), bcryptHash: string() },
    },
    meta: '{"schema_version":"3"}',
    generate: password,
  },
  "random:index/randomId:RandomId": {
    table: {
      ...{ keepers: anything, byteLength: positive, prefix: string("R") },
      ...{ hex: string(), b64Std: string(), b64Url: string(), dec: string() },
    },
    generate: identifier,
  },
};

class Random implements Resource {
  constructor(
    private readonly type: string,
    private readonly kind: Kind,
  ) {}

  check(_: Props, inputs: Props): Checked {
    return { inputs, failures: faults(this.kind.table, inputs).map((fault) => ({ reason: `${this.type}: ${fault}` })) };
  }

  diff({ outputs }: State, news: Props, ignoreChanges: string[]): Difference {
    const wanted = this.complete(news);
    const text = (value: Value | undefined) => JSON.stringify(value ?? null);
    const inputs = Object.keys(this.kind.table).filter((name) => this.kind.table[name]!.change);
    const changed = inputs.filter(
      (name) => !ignoreChanges.includes(name) && text(outputs[name]) !== text(wanted[name]),
    );
    return { coarse: true, diff: Object.fromEntries(changed.map((name) => [name, { kind: "update", replace: true }])) };
  }

  create(inputs: Props, { preview }: Context): Promise<{ id: string; outputs: Props }> {
    const planned = this.complete(inputs);
    const made = Object.entries(this.kind.table).filter(([, { change }]) => !change);
    const unknown = { id: "", outputs: Object.fromEntries(made.map(([name]) => [name, UNKNOWN])) };
    const { id, outputs } = preview ? unknown : this.kind.generate(planned);
    const meta = this.kind.meta && !preview ? { __meta: this.kind.meta } : {};
    return Promise.resolve({ id, outputs: { ...planned, ...outputs, id: id || UNKNOWN, ...meta } });
  }

  read = (state: State): Promise<State> => Promise.resolve(state);
  update = ({ outputs }: State): Promise<Props> => Promise.resolve(outputs);
  delete = (): Promise<void> => Promise.resolve();

  private complete(inputs: Props): Props {
    const given = Object.entries(inputs).filter(([, value]) => value !== null);
    const defaults = Object.entries(this.kind.table).filter(([, row]) => row.default !== undefined);
    const complete = {
      ...Object.fromEntries(defaults.map(([name, row]) => [name, row.default!])),
      ...Object.fromEntries(given),
    };
    // The old name of `numeric`; both are recorded.
    return "numeric" in complete ? { ...complete, number: complete.numeric! } : complete;
  }
}

serveProvider({ version: "4.21.2", resources: mapValues(kinds, (kind, type) => new Random(type, kind)) });
