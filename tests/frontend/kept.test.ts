import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { forgetOtherSchools, keepSetup, setups } from "../../static/src/kept";
import { add, all, discard } from "../../static/src/outbox";
import { settle, take } from "../../static/src/outgoing";
import { COACH, freshDevice, listen, NOON, SCHOOL } from "./world";

const LEFT = { id: SCHOOL, name: "Our School", role: "observer", timezone: "UTC" } as const;

beforeEach(async () => {
  await freshDevice();
  await keepSetup(COACH, LEFT, { timezone: "UTC", places: [], revision: 1 }, NOON);
});

test("the places of a school that somebody left are forgotten", async () => {
  await forgetOtherSchools(COACH, []);
  assert.deepEqual(await setups(COACH), []);
});

test("the places of a school that somebody left stay known while something heard there is unsent", async () => {
  const said = listen();
  await add(COACH, said, NOON);
  await forgetOtherSchools(COACH, []);
  assert.deepEqual(
    (await setups(COACH)).map(({ school }) => school),
    [SCHOOL],
  );
  const { rows } = await take(COACH, 0, 500, (all) => [...all]);
  const problem = { field: "school", detail: "Not here" };
  await settle(COACH, rows, [{ id: said.id, status: "rejected", revision: null, problem, current: null }]);
  for (const row of await all(COACH)) await discard(row);
  await forgetOtherSchools(COACH, []);
  assert.deepEqual(await setups(COACH), []);
});
