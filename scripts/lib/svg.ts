/** A piece of SVG. */
export type Svg = string;

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An element with its children, which are SVG already; a text has to come through `text`. */
export function element(name: string, attributes: Attributes, ...children: readonly Svg[]): Svg {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escape(String(value))}"`);
  const start = `<${name}${written.join("")}`;
  return children.length === 0 ? `${start}/>` : `${start}>${children.join("")}</${name}>`;
}

/** A line of text, with the whole of it as a tooltip where it was cut. */
export function text(content: string, attributes: Attributes, limit = Infinity): Svg {
  const shown = shortened(content, limit);
  const tooltip = shown === content ? [] : [element("title", {}, escape(content))];
  return element("text", attributes, ...tooltip, escape(shown));
}

/** The end of a text says more than its beginning: of an image's name, its last part and tag. */
export function shortened(content: string, limit: number): string {
  return content.length <= limit ? content : `…${content.slice(content.length - limit + 1)}`;
}

const NAMES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escape(content: string): string {
  return content.replace(/[&<>"]/g, (sign) => NAMES[sign] ?? sign);
}
