import assert from "node:assert/strict";
import { test } from "node:test";
import { newId } from "../../static/src/ids";

const SHAPE = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const NOON = Date.UTC(2026, 10, 24, 12);

test("an id is a UUID of version 7", () => {
  for (let i = 0; i < 1_000; i += 1) assert.match(newId(), SHAPE);
});

test("an id begins with the time at which it was made", () => {
  const later = Date.UTC(2199, 0, 1);
  const milliseconds = Number.parseInt(newId(later).replaceAll("-", "").slice(0, 12), 16);
  assert.equal(milliseconds, later);
});

test("ids made within one millisecond are all different and in order", () => {
  const year = Date.UTC(2200, 0, 1);
  const ids = Array.from({ length: 20_000 }, () => newId(year));
  assert.equal(new Set(ids).size, ids.length);
  assert.deepEqual([...ids].sort(), ids);
});

test("ids stay in order when the clock is set back", () => {
  const first = newId(Date.UTC(2201, 0, 1));
  assert.ok(newId(NOON) > first);
});
