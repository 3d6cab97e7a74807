import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { close, type Row, reach } from "../../static/src/database";
import { type OwnListen, ownListen, ownListens } from "../../static/src/kept";
import { add, all, discard, putBack, resend, standing } from "../../static/src/outbox";
import { putBefore, settle, take } from "../../static/src/outgoing";
import type { Change, Put, Result } from "../../static/src/wire";
import { COACH, freshDevice, listen, NEIGHBOUR, NOON, SCHOOL } from "./world";

const everything = (rows: readonly Row[]): Row[] => [...rows];

async function onTheirWay(): Promise<Row[]> {
  return (await take(COACH, 0, 500, everything)).rows;
}

function stored(change: Change, revision: number): Result {
  return { id: change.id, status: "applied", revision, problem: null, current: null };
}

function rejected({ id }: Change): Result {
  return { id, status: "rejected", revision: null, problem: null, current: null };
}

function conflict({ id }: Change, revision: number): Result {
  return { id, status: "conflict", revision: null, problem: null, current: { op: "put", revision } };
}

/** A change that the server answered with a conflict, as its person sees it. */
async function inConflict(said: Put, revision: number): Promise<Row> {
  await add(COACH, said, NOON);
  await settle(COACH, await onTheirWay(), [conflict(said, revision)]);
  return (await all(COACH))[0] as Row;
}

function deletion(id: string, base: number | null): Change {
  return { op: "delete", id, school: SCHOOL, base };
}

beforeEach(freshDevice);

test("what is added waits, and survives a restart", async () => {
  const said = listen();
  await add(COACH, said, NOON);
  await close();
  assert.deepEqual(
    (await all(COACH)).map((row) => row.change),
    [said],
  );
});

test("it is known how many wait, and since when", async () => {
  await add(COACH, listen(), NOON);
  await add(COACH, listen(), NOON + 1);
  await add(NEIGHBOUR, listen(), NOON - 1);
  assert.deepEqual(await standing(COACH), { waiting: 2, since: NOON, needsYou: 0, others: 1 });
});

test("nobody else’s changes are taken to be sent", async () => {
  await add(NEIGHBOUR, listen(), NOON);
  assert.deepEqual(await onTheirWay(), []);
});

test("changes are taken in the order in which they were saved", async () => {
  const said = [listen(), listen(), listen()];
  for (const change of said) await add(COACH, change, NOON);
  assert.deepEqual(
    (await onTheirWay()).map((row) => row.change.id),
    said.map((change) => change.id),
  );
});

test("mending what never left the phone replaces it", async () => {
  const first = listen();
  const mended = { ...first, heard: [] };
  await add(COACH, first, NOON);
  await add(COACH, mended, NOON + 1);
  assert.deepEqual(
    (await onTheirWay()).map((row) => row.change),
    [mended],
  );
});

test("deleting what never left the phone leaves nothing to send", async () => {
  const said = listen();
  await add(COACH, said, NOON);
  await add(COACH, deletion(said.id, null), NOON + 1);
  assert.deepEqual(await all(COACH), []);
});

test("mending what may have arrived waits for its answer and goes on from there", async () => {
  const first = listen();
  await add(COACH, first, NOON);
  const sent = await onTheirWay();
  await add(COACH, { ...first, heard: ["action"] }, NOON + 1);
  assert.deepEqual(
    (await onTheirWay()).map((row) => row.change),
    [first],
    "only the first, as it was said",
  );
  await settle(COACH, sent, [stored(first, 7)]);
  assert.deepEqual(
    (await onTheirWay()).map((row) => row.change),
    [{ ...first, heard: ["action"], base: 7 }],
  );
});

test("what the answer names leaves the outbox and is known from then on", async () => {
  const said = listen();
  await add(COACH, said, NOON);
  assert.deepEqual(await settle(COACH, await onTheirWay(), [stored(said, 4)]), { left: 1, named: 1 });
  assert.equal((await standing(COACH)).waiting, 0);
  assert.equal((await ownListen(COACH, said.id))?.revision, 4);
});

test("what the answer does not name stays", async () => {
  await add(COACH, listen(), NOON);
  assert.deepEqual(await settle(COACH, await onTheirWay(), [stored(listen(), 4)]), { left: 0, named: 0 });
  assert.equal((await standing(COACH)).waiting, 1);
});

test("a rejected change needs its person and is not sent again by itself", async () => {
  const said = listen();
  await add(COACH, said, NOON);
  const problem = { field: "place", detail: "This place is closed." };
  await settle(COACH, await onTheirWay(), [
    { id: said.id, status: "rejected", revision: null, problem, current: null },
  ]);
  assert.deepEqual((await all(COACH))[0]?.why, { is: "rejected", problem });
  assert.deepEqual(await onTheirWay(), []);
});

test("a conflict that is sent again goes on from what the server holds", async () => {
  const said = listen({ base: 3 });
  await add(COACH, said, NOON);
  const current = { op: "put", revision: 9 } as const;
  await settle(COACH, await onTheirWay(), [{ id: said.id, status: "conflict", revision: 9, problem: null, current }]);
  const [row] = await all(COACH);
  await resend(row as Row);
  assert.equal((await onTheirWay())[0]?.change.base, 9);
});

test("a listen-in that was taken back while it was on its way waits once", async () => {
  const said = listen();
  await add(COACH, said, NOON);
  await onTheirWay();
  await add(COACH, { op: "delete", id: said.id, school: said.school, base: null }, NOON + 1);
  const { waiting, since, others } = await standing(COACH);
  assert.deepEqual({ waiting, since, others }, { waiting: 1, since: NOON, others: 0 });
});

test("what was mended while it was on its way is tried in place of what was rejected", async () => {
  const said = listen();
  await add(COACH, said, NOON);
  const sent = await onTheirWay();
  const mended: Put = { ...said, heard: ["action"] };
  await add(COACH, mended, NOON + 1);
  assert.deepEqual(await settle(COACH, sent, [rejected(said)]), { left: 1, named: 1 });
  assert.deepEqual(
    (await onTheirWay()).map((row) => row.change),
    [mended],
  );
});

test("to take back what was rejected, nothing needs to go", async () => {
  const said = listen();
  await add(COACH, said, NOON);
  const sent = await onTheirWay();
  await add(COACH, deletion(said.id, null), NOON + 1);
  await settle(COACH, sent, [rejected(said)]);
  assert.deepEqual(await all(COACH), []);
});

test("what was taken back after it may have arrived is deleted, though a later delivery was rejected", async () => {
  const said = listen();
  await add(COACH, said, NOON);
  await onTheirWay();
  const sent = await onTheirWay();
  await add(COACH, deletion(said.id, null), NOON + 1);
  await settle(COACH, sent, [rejected(said)]);
  assert.deepEqual(
    (await onTheirWay()).map((row) => row.change),
    [deletion(said.id, null)],
  );
});

test("a change that follows a conflict goes into its place, and the person decides", async () => {
  const said = listen({ base: 3 });
  await add(COACH, said, NOON);
  const sent = await onTheirWay();
  await add(COACH, { ...said, heard: ["action"] }, NOON + 1);
  await settle(COACH, sent, [conflict(said, 9)]);
  assert.deepEqual(
    (await all(COACH)).map((row) => [row.state, row.change]),
    [["needs_you", { ...said, heard: ["action"] }]],
  );
});

test("who mends a conflict without having seen the server’s words does not replace them", async () => {
  const said = listen({ base: 3 });
  await inConflict(said, 9);
  await add(COACH, { ...said, heard: [] }, NOON + 1);
  assert.equal((await onTheirWay())[0]?.change.base, 3);
});

test("who mends a conflict and has seen the server’s words goes on from them", async () => {
  const said = listen({ base: 3 });
  await inConflict(said, 9);
  await add(COACH, { ...said, heard: [], base: 9 }, NOON + 1);
  assert.equal((await onTheirWay())[0]?.change.base, 9);
});

test("to delete what is in conflict is a change too, and does not just vanish", async () => {
  const said = listen();
  await inConflict(said, 9);
  await add(COACH, deletion(said.id, null), NOON + 1);
  assert.deepEqual(
    (await onTheirWay()).map((row) => row.change),
    [deletion(said.id, null)],
  );
});

test("what arrived while the person mended it is mended from there, and is no conflict", async () => {
  const said = listen();
  await add(COACH, said, NOON);
  const seen = (await ownListen(COACH, said.id)) as OwnListen;
  await settle(COACH, await onTheirWay(), [stored(said, 7)]);
  await add(COACH, { ...said, heard: [], base: seen.revision }, NOON + 1, seen);
  assert.equal((await onTheirWay())[0]?.change.base, 7);
});

test("what another device changed while the person mended it stays a conflict", async () => {
  const said = listen();
  await add(COACH, said, NOON);
  const seen = (await ownListen(COACH, said.id)) as OwnListen;
  await settle(COACH, await onTheirWay(), [stored({ ...said, heard: ["inquiry"] }, 7)]);
  await reach(async (database) => {
    const known = await database.get("observations", [COACH, said.id]);
    if (known) await database.put("observations", { ...known, heard: ["inquiry"], revision: 8 });
  });
  await add(COACH, { ...said, heard: [], base: seen.revision }, NOON + 1, seen);
  assert.equal((await onTheirWay())[0]?.change.base, null);
});

test("what is mended begins where its unsent words began, not at what was read since", async () => {
  const said = listen({ base: 3 });
  await add(COACH, said, NOON);
  const { op: _op, base: _base, ...later } = listen({ id: said.id, heard: [] });
  await reach((database) => database.put("observations", { ...later, account: COACH, revision: 9, at: NOON }));
  assert.equal((await ownListen(COACH, said.id))?.revision, 3);
});

test("a change on its way is not touched by a page that still shows it as it was", async () => {
  const said = listen({ base: 3 });
  const seen = await inConflict(said, 9);
  assert.equal(await resend(seen), true);
  const sent = await onTheirWay();
  assert.equal(await resend(seen), false);
  assert.equal(await discard(seen), false);
  await add(COACH, { ...said, heard: ["action"] }, NOON + 1);
  await settle(COACH, sent, [stored(said, 10)]);
  assert.deepEqual(
    (await onTheirWay()).map((row) => row.change),
    [{ ...said, heard: ["action"], base: 10 }],
    "what was mended meanwhile is not lost",
  );
});

test("a discard can be taken back", async () => {
  const seen = await inConflict(listen({ base: 3 }), 9);
  await discard(seen);
  assert.deepEqual(await all(COACH), []);
  await putBack(seen);
  assert.deepEqual(await all(COACH), [seen]);
});

test("a mended change does not overwrite what cannot be read", async () => {
  const said = listen();
  await add(COACH, said, NOON);
  const [row] = await all(COACH);
  await reach((database) => database.put("outbox", { ...(row as Row), schema: 99 }));
  await add(COACH, { ...said, heard: [] }, NOON + 1);
  assert.deepEqual(
    (await all(COACH)).map(({ schema, change }) => [schema === 99, change]),
    [
      [true, said],
      [false, { ...said, heard: [] }],
    ],
  );
});

test("a row that cannot be read is kept for its person, and holds up nothing", async () => {
  await add(COACH, listen(), NOON);
  const [row] = await all(COACH);
  await reach((database) => database.put("outbox", { ...(row as Row), change: "?" as unknown as Change }));
  await add(COACH, listen(), NOON);
  assert.equal((await onTheirWay()).length, 1);
  assert.equal((await standing(COACH)).needsYou, 1);
});

test("SYNC-6: what is saved after storage was cleared under a call is not taken for what that call carried", async () => {
  const said = [listen(), listen(), listen()] as const;
  for (const change of said) await add(COACH, change, NOON);
  const sent = await onTheirWay();
  for (const answer of [stored, conflict] as const) {
    await freshDevice();
    await add(COACH, listen(), NOON);
    await add(COACH, listen(), NOON);
    const saved = await all(COACH);
    await settle(
      COACH,
      sent,
      said.map((change) => answer(change, 7)),
    );
    await putBefore(sent[0] as Row, { is: "refused" });
    assert.deepEqual(await all(COACH), saved);
  }
});

test("of two changes of one listen-in that wait side by side, each goes by its own answer", async () => {
  const said = listen({ base: 3 });
  const seen = await inConflict(said, 5);
  await discard(seen);
  await add(COACH, { ...said, base: 7, heard: [] }, NOON);
  await putBack(seen);
  await resend(seen);
  const first = await onTheirWay();
  await settle(COACH, first, [conflict(said, 7), stored(said, 8)].slice(0, first.length));
  const second = await onTheirWay();
  assert.deepEqual(
    [first, second].map((rows) => rows.map(({ change }) => change.base)),
    [[5], []],
  );
  const [left] = await all(COACH);
  assert.deepEqual([left?.state, left?.why?.is], ["needs_you", "conflict"]);
});

test("only what is discarded by name is gone", async () => {
  await add(COACH, listen(), NOON);
  await add(COACH, listen(), NOON);
  const [first, second] = await onTheirWay();
  const refused = [first, second].map((row) => rejected((row as Row).change));
  await settle(COACH, [first, second] as Row[], refused);
  await discard((await all(COACH))[0] as Row);
  assert.deepEqual(
    (await all(COACH)).map((row) => row.seq),
    [second?.seq],
  );
});

test("own listen-ins show what is unsent over what is stored, latest first", async () => {
  const early = listen({ observed_at: "2026-11-24T09:00:00+00:00" });
  const late = listen({ observed_at: "2026-11-24T11:00:00+00:00" });
  await add(COACH, early, NOON);
  await settle(COACH, await onTheirWay(), [stored(early, 1)]);
  await add(COACH, late, NOON);
  await add(COACH, { ...early, base: 1, heard: [] }, NOON);
  assert.deepEqual(
    (await ownListens(COACH, 20)).map(({ id, heard, sent, revision }) => [id, heard.length, sent, revision]),
    [
      [late.id, 1, false, null],
      [early.id, 0, false, 1],
    ],
  );
});

test("a listen-in that is to be deleted is not shown any more", async () => {
  const said = listen();
  await add(COACH, said, NOON);
  await settle(COACH, await onTheirWay(), [stored(said, 1)]);
  await add(COACH, deletion(said.id, 1), NOON);
  assert.deepEqual(await ownListens(COACH, 20), []);
});

test("a connection that died under us is opened anew, and nothing is lost", async () => {
  await add(COACH, listen(), NOON);
  await reach(async (database) => database.close());
  await add(COACH, listen(), NOON);
  assert.equal((await all(COACH)).length, 2);
});

test("a full disk is told, and nothing is half saved", async () => {
  const full = (): never => {
    throw new DOMException("full", "QuotaExceededError");
  };
  let tries = 0;
  await assert.rejects(
    reach(async () => {
      tries += 1;
      full();
    }),
    { name: "QuotaExceededError" },
  );
  assert.equal(tries, 1);
});
