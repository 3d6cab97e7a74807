import assert from "node:assert/strict";
import { test } from "node:test";
import { around, between, moved, resized } from "../../static/src/building/area";

test("a rectangle lies between two corners, whichever they are", () => {
  const area = { x: 100, y: 200, width: 300, height: 400 };
  assert.deepEqual(between({ x: 100, y: 200 }, { x: 400, y: 600 }), area);
  assert.deepEqual(between({ x: 400, y: 200 }, { x: 100, y: 600 }), area);
});

test("it never leaves the plan, and is never too small to point at", () => {
  assert.deepEqual(between({ x: -50, y: 990 }, { x: 40, y: 2000 }), { x: 0, y: 980, width: 40, height: 20 });
  assert.deepEqual(around({ x: 0, y: 1000 }, 160, 160), { x: 0, y: 840, width: 160, height: 160 });
  assert.deepEqual(between({ x: 999, y: 5 }, { x: 1000, y: 6 }), { x: 980, y: 5, width: 20, height: 20 });
});

test("to move it keeps its size, up to the edge", () => {
  const area = { x: 100, y: 200, width: 300, height: 400 };
  assert.deepEqual(moved(area, 10, -10), { ...area, x: 110, y: 190 });
  assert.deepEqual(moved(area, 5000, -5000), { ...area, x: 700, y: 0 });
});

test("to resize it holds the opposite corner", () => {
  const area = { x: 100, y: 200, width: 300, height: 400 };
  assert.deepEqual(resized(area, 50, 50), { ...area, width: 350, height: 450 });
  assert.deepEqual(resized(area, 50, 50, true, true), { x: 150, y: 250, width: 250, height: 350 });
  assert.deepEqual(resized(area, -5000, -5000), { ...area, width: 20, height: 20 });
  assert.deepEqual(resized(area, 5000, 5000, true, true), { x: 380, y: 580, width: 20, height: 20 });
});
