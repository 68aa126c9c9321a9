// Stand-in for the random provider: RandomPassword and RandomId.
import { randomBytes, randomInt } from "node:crypto";
import { type Resource, serveProvider } from "./provider/server.ts";
import { isUnknown, type Props, secret, UNKNOWN, type Value } from "./provider/values.ts";

interface Kind {
  readonly meta?: string;
  readonly defaults: Props;
  /** Inputs of which the program may set any; every one of them replaces. */
  readonly inputs: string[];
  readonly outputs: string[];
  readonly required: string;
  generate(inputs: Props): { id: string; outputs: Props };
}

const alphabets: [flag: string, minimum: string, characters: string][] = [
  ["special", "minSpecial", "!@#$%&*()-_=+[]{}<>:?"],
  ["lower", "minLower", "abcdefghijklmnopqrstuvwxyz"],
  ["upper", "minUpper", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"],
  ["numeric", "minNumeric", "0123456789"],
];

const pick = (characters: string, count: number) =>
  Array.from({ length: count }, () => characters[randomInt(characters.length)]!);

function shuffle(characters: string[]): string {
  const left = [...characters];
  return characters.map(() => left.splice(randomInt(left.length), 1)[0]!).join("");
}

function password(inputs: Props) {
  const special = typeof inputs.overrideSpecial === "string" && inputs.overrideSpecial;
  const used = alphabets
    .filter(([flag]) => inputs[flag])
    .map(([flag, min, all]) => [min, (flag === "special" && special) || all] as const);
  const demanded = used.flatMap(([minimum, characters]) => pick(characters, inputs[minimum] as number));
  const rest = pick(used.map(([, characters]) => characters).join(""), (inputs.length as number) - demanded.length);
  // The official provider adds `bcryptHash`, for which Node has no function: a program that asks for it gets nothing.
  return { id: "none", outputs: { result: secret(shuffle([...demanded, ...rest])) } };
}

function identifier({ byteLength, prefix }: Props) {
  const bytes = randomBytes(byteLength as number);
  const [hex, b64Std, id] = [bytes.toString("hex"), bytes.toString("base64"), bytes.toString("base64url")];
  const forms = { hex, b64Std, b64Url: id, dec: BigInt(`0x${hex}`).toString() };
  const prefixed = Object.entries(forms).map(([name, form]) => [name, ((prefix as string | undefined) ?? "") + form]);
  return { id, outputs: Object.fromEntries(prefixed) as Props };
}

const flags = { lower: true, numeric: true, special: true, upper: true };
const minima = { minLower: 0, minNumeric: 0, minSpecial: 0, minUpper: 0 };

const kinds: Record<string, Kind> = {
  "random:index/randomPassword:RandomPassword": {
    meta: '{"schema_version":"3"}',
    defaults: { ...flags, ...minima },
    inputs: ["keepers", "length", "overrideSpecial", ...Object.keys(flags), ...Object.keys(minima)],
    outputs: ["bcryptHash", "result"],
    required: "length",
    generate: password,
  },
  "random:index/randomId:RandomId": {
    defaults: {},
    inputs: ["byteLength", "keepers", "prefix"],
    outputs: ["b64Std", "b64Url", "dec", "hex"],
    required: "byteLength",
    generate: identifier,
  },
};

function faults(type: string, kind: Kind, news: Props): string[] {
  const unknown = Object.keys(news).filter((name) => !kind.inputs.includes(name));
  const size = news[kind.required] ?? null;
  return [
    ...unknown.map(
      (name) =>
        `${type}: the offline stand-in does not know the property "${name}"; remove it or install the official random plugin`,
    ),
    ...(size === null ? [`Missing required property '${kind.required}'`] : []),
    ...(!isUnknown(size) && Number(size) < 1
      ? [`Invalid Attribute Value. Attribute ${kind.required} value must be at least 1, got: ${Number(size)}.`]
      : []),
  ];
}

const given = (props: Props) => Object.fromEntries(Object.entries(props).filter(([, value]) => value !== null));

function resource(type: string, kind: Kind): Resource {
  const record = (inputs: Props, outputs: Props, id: Value): Props => ({
    // `number` is the old name of `numeric`; both are recorded.
    ...("numeric" in kind.defaults && { number: inputs.numeric ?? true }),
    ...{ ...kind.defaults, ...given(inputs), ...outputs, id },
    ...(kind.meta && { __meta: kind.meta }),
  });
  return {
    check: (_, inputs) => ({ inputs, failures: faults(type, kind, inputs).map((reason) => ({ reason })) }),
    diff({ outputs }, news, ignoreChanges) {
      const wanted = { ...kind.defaults, ...given(news) };
      const text = (value: Value | undefined) => JSON.stringify(value ?? null);
      const changed = kind.inputs.filter(
        (name) => !ignoreChanges.includes(name) && text(outputs[name]) !== text(wanted[name]),
      );
      return {
        coarse: true,
        diff: Object.fromEntries(changed.map((name) => [name, { kind: "update", replace: true }])),
      };
    },
    create(inputs, { preview }) {
      const planned = { ...kind.defaults, ...given(inputs) };
      const unknown = Object.fromEntries(kind.outputs.map((name) => [name, UNKNOWN]));
      if (preview) return Promise.resolve({ id: "", outputs: record(inputs, unknown, UNKNOWN) });
      const { id, outputs } = kind.generate(planned);
      return Promise.resolve({ id, outputs: record(inputs, outputs, id) });
    },
    read: (state) => Promise.resolve(state),
    update: ({ outputs }) => Promise.resolve(outputs),
    delete: () => Promise.resolve(),
  };
}

const resources = Object.fromEntries(Object.entries(kinds).map(([type, kind]) => [type, resource(type, kind)]));
serveProvider({ version: "4.21.2", supportsAutonaming: true, resources });
