/**
 * A piece of a page as a phone can keep it: no markup, only words, and elements that are allowed by name. What is read
 * back is sifted once more and built element by element, so nothing that was kept can ever run or lead anywhere.
 */
export type FrozenNode = string | FrozenElement;

export interface FrozenElement {
  tag: string;
  attributes: Record<string, string>;
  children: FrozenNode[];
}

const SVG = "http://www.w3.org/2000/svg";

const DRAWN = new Set(["svg", "path", "circle", "rect"]);
const WRITTEN = new Set("div section h2 h3 p ul ol li span strong em i table caption thead tbody tr th td".split(" "));

// No address, no id, no name, no style and no handler: what is kept is looked at, and nothing else.
const ATTRIBUTES = new Set([
  ..."class lang scope colspan rowspan aria-hidden aria-label data-trait".split(" "),
  ..."viewBox preserveAspectRatio d cx cy r rx ry x y width height".split(" "),
]);

/** What leads somewhere only with a network is kept as words. */
const KEPT_AS: Record<string, string> = { a: "span" };

/** Larger or deeper is none of ours: the map of sixty places has some five thousand pieces. */
const MOST_PIECES = 20_000;
const DEEPEST = 24;

/** What is allowed of an element that a page shows, or null if nothing is. */
export function freeze(element: Element): FrozenNode | null {
  return sift(picture(element));
}

/** What is allowed of something that was kept; null if it is no element, not allowed, or too large to be ours. */
export function sift(thing: unknown): FrozenElement | null {
  const count = { left: MOST_PIECES };
  const sifted = siftPiece(thing, DEEPEST, count);
  return count.left < 0 || typeof sifted === "string" ? null : sifted;
}

/** Builds what was kept, element by element; null if nothing of it is allowed. */
export function thaw(kept: unknown): Element | null {
  const sifted = sift(kept);
  return sifted === null ? null : (build(sifted) as Element);
}

function picture(element: Element): FrozenElement {
  return {
    tag: KEPT_AS[element.localName] ?? element.localName,
    attributes: Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value])),
    children: [...element.childNodes].flatMap((child): FrozenNode[] => {
      if (child instanceof Element) return child.hasAttribute("data-needs-network") ? [] : [picture(child)];
      return child instanceof Text ? [child.data.replace(/[ \n\r\t]+/g, " ")] : [];
    }),
  };
}

function siftPiece(thing: unknown, depth: number, count: { left: number }): FrozenNode | null {
  count.left -= 1;
  if (count.left < 0 || depth < 0) return null;
  if (typeof thing === "string") return thing;
  if (typeof thing !== "object" || thing === null) return null;
  const { tag, attributes, children } = thing as Partial<Record<keyof FrozenElement, unknown>>;
  if (typeof tag !== "string" || !(DRAWN.has(tag) || WRITTEN.has(tag)) || !Array.isArray(children)) return null;
  return {
    tag,
    attributes: Object.fromEntries(Object.entries(attributes ?? {}).filter(allowed)),
    children: children.flatMap((child: unknown) => siftPiece(child, depth - 1, count) ?? []),
  };
}

function allowed([name, value]: [string, unknown]): boolean {
  return ATTRIBUTES.has(name) && typeof value === "string";
}

function build(kept: FrozenNode): Node {
  if (typeof kept === "string") return document.createTextNode(kept);
  const { tag, attributes, children } = kept;
  const made = DRAWN.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.map(build));
  return made;
}
