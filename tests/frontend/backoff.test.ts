import assert from "node:assert/strict";
import { test } from "node:test";
import { asked, pause } from "../../static/src/backoff";

const NOW = Date.UTC(2026, 10, 24, 12);
const MINUTE = 60_000;

test("the first pause is one to two seconds", () => {
  assert.equal(pause(1, null, 0), 1_000);
  assert.equal(pause(1, null, 1), 2_000);
});

test("pauses double", () => {
  for (let tries = 1; tries < 8; tries += 1) assert.equal(pause(tries + 1, null, 0), 2 * pause(tries, null, 0));
});

test("no pause is longer than five minutes, after however many tries", () => {
  for (const tries of [9, 20, 1_000, Number.MAX_SAFE_INTEGER]) {
    assert.ok(pause(tries, null, 1) <= 5 * MINUTE);
    assert.ok(pause(tries, null, 0) >= 2.5 * MINUTE);
  }
});

test("chance spreads phones over half of the pause", () => {
  const pauses = Array.from({ length: 200 }, () => pause(6, null));
  assert.ok(Math.max(...pauses) - Math.min(...pauses) > 20_000);
});

test("what the server asked for is never cut short", () => {
  assert.ok(pause(1, 90_000, 0) >= 90_000);
  assert.ok(pause(12, 1_000, 0) >= 2.5 * MINUTE);
});

test("Retry-After is read as seconds or as a date", () => {
  assert.equal(asked("120", NOW), 120_000);
  assert.equal(asked(new Date(NOW + 30_000).toUTCString(), NOW), 30_000);
});

test("a Retry-After in the past, absent or absurd does no harm", () => {
  assert.equal(asked(new Date(NOW - MINUTE).toUTCString(), NOW), 0);
  assert.equal(asked(null, NOW), null);
  assert.equal(asked("", NOW), null);
  assert.equal(asked("soon", NOW), null);
  assert.equal(asked("99999999999", NOW), 60 * MINUTE);
});
