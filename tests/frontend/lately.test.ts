import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { lately, noteChosen } from "../../static/src/lately";
import { add } from "../../static/src/outbox";
import { COACH, freshDevice, listen, NEIGHBOUR, NOON, PLACE, SCHOOL } from "./world";

const LIBRARY = "01936b5e-7c00-7000-8000-00000000001b";
const YARD = "01936b5e-7c00-7000-8000-00000000002b";
const OTHER_SCHOOL = "01936b5e-7c00-7000-8000-00000000001a";

beforeEach(freshDevice);

test("the place chosen last comes first, and each once", async () => {
  for (const place of [PLACE, LIBRARY, PLACE]) await noteChosen(COACH, SCHOOL, place);
  assert.deepEqual(await lately(COACH, SCHOOL), [PLACE, LIBRARY]);
});

test("where nothing was chosen on this phone yet, the last listen-ins say where one was", async () => {
  await add(COACH, listen({ place: LIBRARY }), NOON);
  assert.deepEqual(await lately(COACH, SCHOOL), [LIBRARY]);
  await noteChosen(COACH, SCHOOL, YARD);
  assert.deepEqual(await lately(COACH, SCHOOL), [YARD, LIBRARY]);
});

test("neither another school's places nor another person's are offered", async () => {
  await add(COACH, listen({ place: LIBRARY, school: OTHER_SCHOOL }), NOON);
  await add(NEIGHBOUR, listen({ place: YARD }), NOON);
  assert.deepEqual(await lately(COACH, SCHOOL), []);
});
