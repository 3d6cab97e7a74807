import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { type Row, reach } from "../../static/src/database";
import { add, all, resend, standing } from "../../static/src/outbox";
import { settle, take } from "../../static/src/outgoing";
import { isLater, SCHEMA, upgradeRow } from "../../static/src/rows";
import type { Change, Put } from "../../static/src/wire";
import { COACH, freshDevice, listen, NOON } from "./world";

/** As another release, in another tab of this phone, wrote what was saved last. */
async function rewritten(more: object): Promise<Row> {
  const row = { ...(await all(COACH)).at(-1), ...more } as Row;
  await reach((database) => database.put("outbox", row));
  return row;
}

function onTheirWay(): Promise<{ rows: Row[]; later: boolean }> {
  return take(COACH, 0, 500, (rows) => [...rows]);
}

async function stored(rows: readonly Row[], revision: number): Promise<void> {
  const result = { status: "applied", revision, problem: null, current: null } as const;
  await settle(
    COACH,
    rows,
    rows.map((row) => ({ ...result, id: row.change.id })),
  );
}

beforeEach(freshDevice);

test("a row of the earlier schema is read as one of today’s", async () => {
  await add(COACH, listen(), NOON);
  const earlier = await rewritten({ schema: SCHEMA - 1, follows: false });
  assert.deepEqual(upgradeRow(earlier), { ...earlier, schema: SCHEMA, follows: 0 });
  assert.deepEqual((await onTheirWay()).rows, [{ ...earlier, schema: SCHEMA, follows: 0 }]);
});

test("a row of the earlier schema that needs its person can be sent again", async () => {
  await add(COACH, listen(), NOON);
  await rewritten({ schema: SCHEMA - 1, follows: false, state: "needs_you", why: { is: "refused" } });
  assert.equal(await resend((await all(COACH))[0] as Row), true);
  assert.equal((await onTheirWay()).rows.length, 1);
});

const { heard: _heard, ...deaf } = listen();
const broken = [
  { change: null },
  { change: { id: 1 } },
  { change: deaf },
  { change: listen({ observed_at: "yesterday" }) },
  { schema: 0 },
  { schema: "2" },
  { schema: undefined },
];

for (const more of broken) {
  test(`a row with ${JSON.stringify(more)} cannot be read`, async () => {
    await add(COACH, listen(), NOON);
    const row = await rewritten(more);
    assert.equal(upgradeRow(row), null);
    assert.equal(isLater(row), false);
  });
}

test("SYNC-6: what a later release wrote is neither sent nor touched nor called broken by this one", async () => {
  await add(COACH, listen(), NOON);
  const later = await rewritten({ schema: SCHEMA + 1, change: { id: listen().id, said: "otherwise" } });
  await add(COACH, listen(), NOON);
  const taken = await onTheirWay();
  assert.equal(taken.rows.length, 1);
  assert.equal(taken.later, true);
  await stored(taken.rows, 4);
  assert.deepEqual(await all(COACH), [later]);
  assert.deepEqual(await standing(COACH), { waiting: 1, since: NOON, needsYou: 0, others: 0 });
});

test("what is mended here after a later release wrote it waits behind that, and overwrites nothing", async () => {
  const said = listen();
  await add(COACH, said, NOON);
  const later = await rewritten({ schema: SCHEMA + 1 });
  await add(COACH, { ...said, heard: [] }, NOON);
  assert.deepEqual((await onTheirWay()).rows, []);
  assert.deepEqual((await all(COACH))[0], later);
  await stored([later], 7);
  assert.equal((await onTheirWay()).rows[0]?.change.base, 7);
});

test("what a later release said after something of this one goes on from there", async () => {
  const said = listen();
  await add(COACH, said, NOON);
  const { rows } = await onTheirWay();
  await add(COACH, { ...said, heard: ["action"] }, NOON);
  const next = await rewritten({ schema: SCHEMA + 1 });
  await stored(rows, 7);
  const change: Change = { ...(next.change as Put), base: 7 };
  assert.deepEqual(await all(COACH), [{ ...next, change, follows: 0 }]);
});
