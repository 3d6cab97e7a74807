import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { forceCloseDatabase } from "fake-indexeddb";
import { openDB, unwrap } from "idb";
import { close, type Row, reach } from "../../static/src/database";
import { learn } from "../../static/src/facts";
import { add, all, standing } from "../../static/src/outbox";
import { COACH, emptyDevice, freshDevice, listen, NOON, SCHOOL } from "./world";

/** The database as the first version of it made it, with something in each store; left closed. */
async function firstVersion(rows: object[]): Promise<void> {
  const database = await openDB("listen-in", 1, {
    upgrade(database) {
      const outbox = database.createObjectStore("outbox", { keyPath: "seq", autoIncrement: true });
      outbox.createIndex("by_owner", ["owner", "state", "seq"]);
      outbox.createIndex("by_observation", ["owner", "change.id"]);
      const observations = database.createObjectStore("observations", { keyPath: ["account", "id"] });
      observations.createIndex("by_time", ["account", "at"]);
      database.createObjectStore("setup", { keyPath: ["account", "school"] });
      database.createObjectStore("meta");
    },
  });
  for (const row of rows) await database.put("outbox", row);
  await database.put("observations", { account: COACH, id: "known", at: NOON });
  await database.put("setup", { account: COACH, school: SCHOOL, places: [] });
  await database.put("meta", "this phone", "device");
  database.close();
}

function row(seq: number, more: object = {}): object {
  const change = listen();
  const said = {
    schema: 1,
    owner: COACH,
    change,
    saved_at: NOON,
    tried: 0,
    follows: false,
    state: "waiting",
    why: null,
  };
  return { ...said, seq, ...more };
}

beforeEach(emptyDevice);

test("SYNC-6: a phone with the first version of the database keeps all that is in it, row by row", async () => {
  const [waits, needs] = [row(1), row(2, { state: "needs_you", why: { is: "refused" } })];
  const [later, broken] = [row(7, { schema: 99 }), row(8, { schema: 0, change: "?" })];
  await firstVersion([waits, needs, later, broken]);
  const risen = { schema: 2, follows: 0 };
  assert.deepEqual(
    (await all(COACH)).sort((one, other) => one.seq - other.seq),
    [{ ...waits, ...risen }, { ...needs, ...risen }, later, broken],
    "what cannot be read stays as it is",
  );
  await reach(async (database) => {
    assert.equal(await database.count("observations"), 1);
    assert.equal(await database.count("setup"), 1);
    assert.equal(await database.get("meta", "device"), "this phone");
    assert.deepEqual([...database.objectStoreNames], ["meta", "observations", "outbox", "seen", "setup"]);
  });
});

test("what is saved after the upgrade comes after what was saved before", async () => {
  await firstVersion([row(1), row(7)]);
  await add(COACH, listen(), NOON);
  assert.deepEqual(
    (await all(COACH)).map(({ seq }) => seq),
    [1, 7, 8],
  );
});

test("a change that followed another before the upgrade still does", async () => {
  const change = listen();
  await firstVersion([row(1, { change, tried: 1 }), row(2, { change, follows: true }), row(3)]);
  assert.equal((await standing(COACH)).waiting, 2);
  const { follows } = (await all(COACH))[1] as Row;
  assert.equal(follows, 1);
});

test("a page that was opened before the upgrade lets it happen, and goes on afterwards", async () => {
  await firstVersion([row(1)]);
  const earlier = await openDB("listen-in", 1, { blocking: () => earlier.close() });
  assert.equal((await all(COACH)).length, 1);
});

test("SYNC-6: a page older than the database goes on saving", async () => {
  await freshDevice();
  await close();
  const later = await openDB("listen-in", 9, { upgrade: (database) => void database.createObjectStore("later") });
  later.close();
  await add(COACH, listen(), NOON);
  await learn("signed_in", true);
  assert.equal((await standing(COACH)).waiting, 1);
});

test("a connection that is said to be dead after another was opened leaves none in a later release’s way", async () => {
  await freshDevice();
  const dead = await reach(async (database) => unwrap(database));
  dead.close();
  await add(COACH, listen(), NOON);
  forceCloseDatabase(dead as never);
  await new Promise(setImmediate);
  await add(COACH, listen(), NOON);
  const later = await openDB("listen-in", 9);
  later.close();
  assert.equal((await standing(COACH)).waiting, 2);
});
