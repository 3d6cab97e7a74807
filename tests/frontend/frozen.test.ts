import { deepEqual, equal, notEqual } from "node:assert/strict";
import { test } from "node:test";
import { type FrozenNode, sift } from "../../static/src/frozen";

const piece = (tag: string, attributes: object = {}, ...children: unknown[]): unknown => ({
  tag,
  attributes,
  children,
});

test("a map is kept as it is: words, tables, drawings and their look", () => {
  const map = piece(
    "table",
    { class: "heat" },
    piece("th", { scope: "row" }, "Library ", piece("span", { class: "about" }, "18 listen-ins")),
    piece(
      "td",
      { colspan: "7" },
      piece("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, piece("path", { d: "M0 0" })),
    ),
  );
  deepEqual(sift(map), map);
});

test("what could run, load or lead somewhere is left out, whatever it stands in", () => {
  const hostile = [
    ...["script", "style", "iframe", "object", "embed", "link", "meta", "base", "template", "foreignObject", "math"],
    ...["form", "input", "button", "textarea", "a", "img", "video", "use", "image", "animate", "set", "handler"],
    ...["SCRIPT", "svg:script", "x-element", "place-picker", "", " div", "div ", "div/onload"],
  ];
  for (const tag of hostile) {
    equal(sift(piece(tag, {}, "words")), null, tag);
    deepEqual(sift(piece("div", {}, "before", piece(tag, {}, piece("p", {}, "inside")), "after")), {
      tag: "div",
      attributes: {},
      children: ["before", "after"],
    });
  }
});

test("no attribute is kept that runs, leads somewhere, names or dresses a thing", () => {
  const names = "onclick onload onerror href src srcset style id name is slot action formaction xlink:href xmlns ping";
  const attributes = Object.fromEntries(names.split(" ").map((name) => [name, "javascript:alert(1)"]));
  deepEqual(sift(piece("div", { ...attributes, CLASS: "x", class: "cell" })), {
    tag: "div",
    attributes: { class: "cell" },
    children: [],
  });
});

test("what is no element of ours is nothing", () => {
  for (const thing of [null, undefined, 7, true, "words", [], {}, () => "p", { tag: "p" }, { tag: "p", children: "x" }])
    equal(sift(thing), null);
  deepEqual(sift(piece("p", { class: 7, lang: null }, 7, null, {}, ["x"], "words")), {
    tag: "p",
    attributes: {},
    children: ["words"],
  });
  deepEqual(sift({ tag: "p", attributes: null, children: [] }), { tag: "p", attributes: {}, children: [] });
});

test("names that every object has are no tags and no attributes", () => {
  for (const tag of ["constructor", "__proto__", "toString"]) equal(sift(piece(tag)), null);
  const sifted = sift(
    JSON.parse('{"tag": "p", "attributes": {"__proto__": {"class": "x"}, "constructor": "y"}, "children": []}'),
  );
  deepEqual(sifted?.attributes, {});
});

test("a tree without end is not built", () => {
  let deep: FrozenNode = "words";
  for (let level = 0; level < 100_000; level += 1) deep = { tag: "div", attributes: {}, children: [deep] };
  notEqual(JSON.stringify(sift(deep)).includes("words"), true);
  equal(sift(piece("div", {}, ...Array.from({ length: 30_000 }, () => "x"))), null);
  const round: { tag: string; attributes: object; children: unknown[] } = { tag: "div", attributes: {}, children: [] };
  round.children.push(round, round);
  equal(sift(round), null);
});
