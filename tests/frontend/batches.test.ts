import assert from "node:assert/strict";
import { test } from "node:test";
import { cut, MOST_BYTES, MOST_CHANGES, size } from "../../static/src/batches";

const ENVELOPE = { device: "d", account: "a", clock: "c", changes: [] as unknown[] };

function written(changes: unknown[]): number {
  return Buffer.byteLength(JSON.stringify({ ...ENVELOPE, changes }));
}

test("size is counted in bytes, not in letters", () => {
  assert.equal(size("é😀"), 8);
});

test("no more changes than a call may carry", () => {
  const many = Array.from({ length: 1_234 }, (_, i) => ({ id: i }));
  assert.equal(cut(many, size(ENVELOPE)).length, MOST_CHANGES);
});

test("no more bytes than a call may carry, however they are written", () => {
  for (const letter of ["a", "é", "😀", "\u0001", '"']) {
    const long = Array.from({ length: 500 }, (_, i) => ({ id: i, note: letter.repeat(900) }));
    const first = cut(long, size(ENVELOPE));
    assert.ok(written(first) <= MOST_BYTES, `${letter}: ${written(first)}`);
    assert.ok(first.length === 500 || written(long.slice(0, first.length + 1)) > MOST_BYTES - 2, "as many as fit");
  }
});

test("what is cut is the beginning, in order", () => {
  assert.deepEqual(cut([1, 2, 3, 4], 0, 3), [1, 2, 3]);
});

test("a change too large for any call goes alone", () => {
  const huge = { note: "x".repeat(MOST_BYTES) };
  assert.deepEqual(cut([huge, { note: "" }], 0), [huge]);
});

test("of nothing, nothing is cut", () => {
  assert.deepEqual(cut([], 10), []);
});
