import { equal } from "node:assert/strict";
import { test } from "node:test";
import { roomLeft } from "../../static/src/pages/storage";

const A_LISTEN_IN = 2_048;
const left = (bytes: number): number | null => roomLeft({ quota: 1_000_000 + bytes, usage: 1_000_000 });

test("room is told in listen-ins, roughly, and only when it is scarce", () => {
  equal(left(10 * 2 ** 30), null);
  equal(left(200 * A_LISTEN_IN), null);
  equal(left(199 * A_LISTEN_IN), 190);
  equal(left(45 * A_LISTEN_IN), 40);
  equal(left(9 * A_LISTEN_IN), 9);
  equal(left(A_LISTEN_IN - 1), 0);
});

test("more that is used than there may be is no room", () => {
  equal(left(-1), 0);
});

test("a browser that tells nothing of its room is not scarce of it", () => {
  equal(roomLeft({}), null);
  equal(roomLeft({ usage: 1 }), null);
});
