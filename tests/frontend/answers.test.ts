import assert from "node:assert/strict";
import { test } from "node:test";
import { type Advice, advise, readAnswer, readProblem } from "../../static/src/answers";

const ID = "01936b5e-7c00-7000-8000-000000000001";
const OURS = { clock: "2026-11-24T12:00:00Z", results: [] };

const TABLE: [status: number | null, problem: string | null, advice: Advice][] = [
  [null, null, "keep"],
  [204, null, "keep"],
  [301, null, "keep"],
  [302, null, "keep"],
  [304, null, "keep"],
  [400, null, "keep"],
  [400, "malformed", "send-fewer"],
  [400, "schema-too-old", "update-first"],
  [401, null, "ask-to-sign-in"],
  [401, "signed-out", "ask-to-sign-in"],
  [401, "account-closed", "ask-to-sign-in"],
  [403, null, "keep"],
  [403, "not-allowed", "keep-for-owner"],
  [404, null, "keep"],
  [404, "not-found", "keep"],
  [407, null, "keep"],
  [408, null, "keep"],
  [409, null, "keep"],
  [409, "wrong-account", "keep-for-owner"],
  [410, "cursor-expired", "keep"],
  [413, null, "send-fewer"],
  [413, "too-large", "send-fewer"],
  [422, null, "keep"],
  [422, "malformed", "send-fewer"],
  [422, "schema-too-old", "update-first"],
  [425, null, "keep"],
  [425, "schema-too-new", "keep"],
  [426, "schema-too-old", "update-first"],
  [429, null, "keep"],
  [429, "too-many-tries", "keep"],
  [500, null, "keep"],
  [500, "internal-server-error", "try-others"],
  [502, null, "keep"],
  [503, null, "keep"],
  [504, null, "keep"],
  [511, null, "keep"],
];

for (const [status, problem, advice] of TABLE) {
  test(`status ${status} with ${problem ?? "no problem of ours"} means ${advice}`, () => {
    assert.equal(advise(status, null, problem), advice);
  });
}

test("200 with an answer of ours settles", () => {
  assert.equal(advise(200, OURS), "settle");
});

test("SYNC-2: 200 without an answer of ours, as a captive portal gives it, settles nothing", () => {
  assert.equal(advise(200, null), "keep");
});

test("no other status settles, whatever its body", () => {
  for (let status = 100; status < 600; status += 1) {
    if (status !== 200) assert.notEqual(advise(status, OURS), "settle");
  }
});

for (const body of [null, "ok", [], {}, { results: [] }, { clock: 1, results: [] }, { clock: "x", results: {} }]) {
  test(`${JSON.stringify(body)} is no answer`, () => assert.equal(readAnswer(body), null));
}

test("results that cannot be read are left out, and their neighbours kept", () => {
  const good = { id: ID, status: "applied", revision: 3, problem: null, current: null };
  const bad = [
    null,
    "applied",
    { id: 1, status: "applied" },
    { ...good, status: "queued" },
    { ...good, revision: "3" },
  ];
  assert.deepEqual(readAnswer({ clock: "x", results: [...bad, good] })?.results, [good]);
});

test("a rejected change needs no revision", () => {
  const rejected = { id: ID, status: "rejected", revision: null, problem: null, current: null };
  assert.equal(readAnswer({ clock: "x", results: [rejected] })?.results.length, 1);
});

test("a problem is known by the end of its type, and only if it is ours", () => {
  assert.equal(readProblem({ type: "/problems/signed-out" }), "signed-out");
  assert.equal(readProblem({ type: "about:blank" }), null);
  assert.equal(readProblem("signed-out"), null);
});
