import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { type Observation, reach } from "../../static/src/database";
import { type OwnListen, ownListen, ownListens } from "../../static/src/kept";
import { add, all, standing } from "../../static/src/outbox";
import { flush } from "../../static/src/sync";
import { undo } from "../../static/src/undo";
import type { Change, Put } from "../../static/src/wire";
import { COACH, freshDevice, listen, lost, NOON, SCHOOL, Server } from "./world";

async function saved(said: Put): Promise<OwnListen> {
  await add(COACH, said, NOON);
  await flush("button");
  return (await ownListen(COACH, said.id)) as OwnListen;
}

function deletion(before: OwnListen): Change {
  return { op: "delete", id: before.id, school: SCHOOL, base: before.revision };
}

function observation({ sent: _sent, revision, ...said }: OwnListen): Observation {
  return { ...said, account: COACH, revision: revision ?? 0 };
}

async function changesWaiting(): Promise<Change[]> {
  return (await all(COACH)).map((row) => row.change);
}

beforeEach(freshDevice);

test("undoing what never left the phone leaves nothing to send", async () => {
  new Server();
  const change = listen();
  await add(COACH, change, NOON);
  await undo(COACH, { change, before: null }, NOON);
  assert.deepEqual(await changesWaiting(), []);
});

test("undoing what was sent deletes it", async () => {
  new Server();
  const change = listen();
  const stored = await saved(change);
  await undo(COACH, { change, before: null }, NOON);
  assert.deepEqual(await changesWaiting(), [deletion(stored)]);
});

test("undoing what may have arrived deletes it once that is known", async () => {
  const server = new Server().answers(lost);
  const change = listen();
  await add(COACH, change, NOON);
  await flush("button");
  await undo(COACH, { change, before: null }, NOON);
  await flush("button");
  assert.deepEqual(
    server.calls.flatMap((call) => call.changes.map((each) => each.op)),
    ["put", "put", "delete"],
  );
  assert.deepEqual(await ownListens(COACH, 9), []);
});

test("undoing a mended listen-in gives it its earlier words back", async () => {
  new Server();
  const before = await saved(listen());
  const change: Change = { ...listen({ id: before.id, heard: [] }), base: before.revision };
  await add(COACH, change, NOON);
  await flush("button");
  await undo(COACH, { change, before }, NOON);
  await flush("button");
  assert.deepEqual((await ownListen(COACH, before.id))?.heard, before.heard);
});

test("undoing a deletion that never left the phone keeps the listen-in", async () => {
  new Server();
  const before = await saved(listen());
  await add(COACH, deletion(before), NOON);
  await undo(COACH, { change: deletion(before), before }, NOON);
  assert.deepEqual(
    (await ownListens(COACH, 9)).map(({ id }) => id),
    [before.id],
  );
});

test("undoing a deletion that was sent saves the same words as a new listen-in", async () => {
  new Server();
  const before = await saved(listen());
  await add(COACH, deletion(before), NOON);
  await flush("button");
  await undo(COACH, { change: deletion(before), before }, NOON);
  const [again] = await ownListens(COACH, 9);
  assert.notEqual(again?.id, before.id);
  assert.deepEqual(again?.heard, before.heard);
  assert.equal((await standing(COACH)).waiting, 1);
});

test("a deletion that is undone on its way is followed by the earlier words, and both arrive", async () => {
  const server = new Server();
  const before = await saved(listen());
  server.answers(lost);
  await add(COACH, deletion(before), NOON);
  await flush("button");
  await undo(COACH, { change: deletion(before), before }, NOON);
  await flush("button");
  assert.deepEqual(
    (await ownListens(COACH, 9)).map(({ id, heard }) => [id, heard]),
    [[before.id, before.heard]],
  );
  const [gone, back] = server.calls.flatMap((call) => call.changes).slice(-2);
  assert.deepEqual([gone?.op, back?.op], ["delete", "put"]);
});

test("undoing what another device has changed since asks its person, and deletes nothing unseen", async () => {
  new Server();
  const change = listen();
  const stored = await saved(change);
  await reach((database) => database.put("observations", { ...observation(stored), heard: [], revision: 99 }));
  await undo(COACH, { change, before: null }, NOON);
  assert.deepEqual(await changesWaiting(), [{ op: "delete", id: change.id, school: SCHOOL, base: null }]);
});

test("undoing the deletion of what never left the phone saves it again", async () => {
  new Server();
  const said = listen();
  await add(COACH, said, NOON);
  const before = (await ownListen(COACH, said.id)) as OwnListen;
  await add(COACH, deletion(before), NOON);
  await undo(COACH, { change: deletion(before), before }, NOON);
  assert.equal((await ownListens(COACH, 9)).length, 1);
});
