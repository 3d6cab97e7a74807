import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fact } from "../../static/src/facts";
import { MOST_KEPT, ownListens, setups } from "../../static/src/kept";
import { add, all } from "../../static/src/outbox";
import { settle, take } from "../../static/src/outgoing";
import { pull } from "../../static/src/pull";
import type { FeedItem, Role } from "../../static/src/wire";
import { COACH, freshDevice, listen, NEIGHBOUR, NOON, PLACE, SCHOOL, status } from "./world";

const PLACES = [{ id: PLACE, name: "Library", kind: "library", floor: 1, archived: false }];

/** What the server of these tests answers, by path. */
class Answers {
  account = COACH;
  role: Role = "observer";
  pages: (() => Response)[] = [];
  readonly asked: string[] = [];

  constructor() {
    globalThis.fetch = async (address) => {
      this.asked.push(String(address));
      return this.#answer(String(address));
    };
  }

  #answer(address: string): Response {
    const school = { id: SCHOOL, name: "School", role: this.role, timezone: "America/Chicago" };
    if (address.endsWith("/session")) return Response.json({ account: this.account, name: "C", schools: [school] });
    if (address.endsWith("/setup")) return Response.json({ timezone: "America/Chicago", places: PLACES, revision: 1 });
    return this.pages.shift()?.() ?? page([], 0);
  }
}

function page(changes: FeedItem[], cursor: number, more = false): Response {
  return Response.json({ changes, cursor, more });
}

function heard(more: Partial<FeedItem> = {}): FeedItem {
  const { base: _base, ...said } = listen();
  return { ...said, revision: 1, mine: true, ...more };
}

beforeEach(freshDevice);

test("after signing in a phone knows the places", async () => {
  new Answers();
  assert.equal(await pull(), true);
  assert.deepEqual((await setups(COACH))[0]?.places, PLACES);
});

test("own listen-ins are kept, others’ are not", async () => {
  const [mine, others] = [heard(), heard({ mine: false })];
  new Answers().pages = [() => page([mine, others], 2)];
  await pull();
  assert.deepEqual(
    (await ownListens(COACH, 9)).map(({ id }) => id),
    [mine.id],
  );
});

test("the feed is read on from where it was left", async () => {
  const answers = new Answers();
  answers.pages = [() => page([heard()], 7, true), () => page([heard()], 9)];
  await pull();
  assert.match(answers.asked.at(-1) ?? "", /since=7/);
  await pull();
  assert.match(answers.asked.at(-1) ?? "", /since=9/);
});

test("a deletion elsewhere removes the listen-in here", async () => {
  const mine = heard();
  new Answers().pages = [() => page([mine], 1, true), () => page([{ op: "delete", id: mine.id, revision: 2 }], 2)];
  await pull();
  assert.deepEqual(await ownListens(COACH, 9), []);
});

test("what is read from nothing replaces what was known: an old deletion is told no more", async () => {
  const said = listen();
  const answers = new Answers();
  answers.pages = [() => page([heard()], 7)];
  await pull();
  // “unchanged” makes it doubtful how far this phone has read.
  await add(COACH, said, NOON);
  const { rows } = await take(COACH, 0, 9, (ready) => [...ready]);
  await settle(COACH, rows, [{ id: said.id, status: "unchanged", revision: 3, problem: null, current: null }]);
  answers.pages = [() => page([heard({ id: said.id, revision: 3 })], 9)];
  await pull();
  assert.deepEqual(
    (await ownListens(COACH, 9)).map(({ id }) => id),
    [said.id],
  );
});

test("an expired cursor makes the phone read anew", async () => {
  const answers = new Answers();
  answers.pages = [() => page([heard()], 7)];
  await pull();
  const fresh = heard();
  answers.pages = [() => status(410, "cursor-expired")(), () => page([fresh], 8)];
  await pull();
  assert.deepEqual(
    (await ownListens(COACH, 9)).map(({ id }) => id),
    [fresh.id],
  );
});

test("a phone keeps no more than it shows", async () => {
  const many = Array.from({ length: MOST_KEPT + 20 }, (_, i) =>
    heard({ observed_at: new Date(NOON + i * 60_000).toISOString() }),
  );
  new Answers().pages = [() => page(many, 1)];
  await pull();
  const kept = await ownListens(COACH, 999);
  assert.equal(kept.length, MOST_KEPT);
  assert.equal(kept[0]?.id, many.at(-1)?.id, "the latest stay");
});

test("staff read no places and no feed", async () => {
  const answers = new Answers();
  answers.role = "staff";
  await pull();
  assert.deepEqual(answers.asked, ["/api/v1/session"]);
});

test("when somebody else signs in, what was read for the first is forgotten and what is unsent stays", async () => {
  const answers = new Answers();
  answers.pages = [() => page([heard()], 1)];
  await pull();
  await add(COACH, listen(), NOON);
  answers.account = NEIGHBOUR;
  await pull();
  assert.deepEqual(await setups(COACH), []);
  assert.equal((await ownListens(COACH, 9)).length, 1, "only the unsent one");
  assert.equal((await all(COACH)).length, 1);
});

test("when nobody is signed in, sending stops and everything stays", async () => {
  const answers = new Answers();
  answers.pages = [() => page([heard()], 1)];
  await pull();
  globalThis.fetch = async () => status(401, "signed-out")();
  assert.equal(await pull(), false);
  assert.equal(await fact("signed_in"), false);
  assert.equal((await ownListens(COACH, 9)).length, 1);
});

test("a captive portal changes nothing", async () => {
  new Answers();
  await pull();
  globalThis.fetch = async () => status(200)();
  assert.equal(await pull(), false);
  assert.equal(await fact("signed_in"), true);
  assert.equal((await setups(COACH)).length, 1);
});

test("SYNC-7: what arrived long before, and was deleted elsewhere since, does not stay on the phone", async () => {
  const said = listen();
  const gone: FeedItem = { op: "delete", id: said.id, revision: 2 };
  const answers = new Answers();
  answers.pages = [() => page([gone], 2), () => page([gone], 2)];
  await add(COACH, said, NOON);
  const { rows } = await take(COACH, 0, 500, (ready) => [...ready]);
  await pull();
  await settle(COACH, rows, [{ id: said.id, status: "unchanged", revision: 1, problem: null, current: null }]);
  await pull();
  assert.ok(!answers.asked.at(-1)?.includes("since"));
  assert.deepEqual(await ownListens(COACH, 9), []);
});
