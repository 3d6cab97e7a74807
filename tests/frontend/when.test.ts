import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { instant } from "../../static/src/instants";
import { filedAt, filedLabel, heardAt, said } from "../../static/src/pages/record-when";

const AN_HOUR = 60 * 60_000;
const SCHOOL = "America/New_York";
const WORDS = {
  record: {
    filed: "Filed under {time}",
    filed_ahead: "{span} ahead; filed at {time}",
    filed_behind: "{span} behind; filed at {time}",
    filed_same: "As it was",
    at_school: "{time} at school",
  },
};

function page(zone: string): void {
  process.env["TZ"] = zone;
  const island = { textContent: JSON.stringify(WORDS) };
  Object.assign(globalThis, { document: { documentElement: { lang: "en" }, getElementById: () => island } });
}

/** The label without the narrow blank that some formats put before AM and PM. */
function label(values: Record<string, string[]>, now: string, skew = 0, held: string | null = null): string {
  return filedLabel(values, { now: Date.parse(now), skew, zone: SCHOOL, held }).replace(/\s/g, " ");
}

beforeEach(() => page(SCHOOL));

test("a phone whose clock is right says the time it shows", () => {
  assert.equal(label({ when: ["10"] }, "2026-11-24T10:42:00-05:00"), "Filed under 10:32 AM");
});

test("a clock that is off by two minutes is forgiven, as the server does", () => {
  assert.equal(filedAt(0, 120_000), 0);
  assert.equal(filedAt(0, 120_001), -120_001);
});

test("a clock an hour ahead: the form shows the time put right, and why", () => {
  assert.equal(label({ when: ["now"] }, "2026-11-24T11:42:00-05:00", AN_HOUR), "1 hour ahead; filed at 10:42 AM");
});

test("a clock a day slow: the form shows today’s time as today", () => {
  assert.equal(
    label({ when: ["now"] }, "2026-11-23T10:42:00-05:00", -24 * AN_HOUR),
    "24 hours behind; filed at 10:42 AM",
  );
});

test("a phone in another zone shows the school’s time, with the school’s day", () => {
  page("Europe/Berlin");
  assert.equal(label({ when: ["now"] }, "2026-11-24T23:30:00-05:00"), "Filed under 11:30 PM at school");
  assert.equal(label({ when: ["45"] }, "2026-11-25T00:15:00-05:00"), "Filed under Tue, Nov 24, 11:30 PM at school");
});

test("a phone that came from another zone keeps the time it said, whatever its clock shows now", () => {
  page("America/Chicago");
  assert.equal(said(Date.parse("2026-11-24T10:42:00-05:00"), "2026-11-24T10:42:31-05:00"), "2026-11-24T10:42:31-05:00");
});

test("what is mended keeps the time under which it was filed, though the clock is off today", () => {
  const held = "2026-11-24T09:10:12-05:00";
  assert.equal(
    label({ when: ["at"], at: ["2026-11-24T09:10"] }, "2026-11-24T11:42:00-05:00", AN_HOUR, held),
    "As it was",
  );
});

test("a time that the night skips is an hour later, and the form says so before it is saved", () => {
  const at = { when: ["at"], at: ["2026-03-08T02:30"] };
  const heard = heardAt(at, Date.parse("2026-03-09T12:00:00-04:00")) ?? 0;
  assert.equal(instant(heard), "2026-03-08T03:30:00-04:00");
  assert.equal(label(at, "2026-03-08T12:00:00-04:00"), "Filed under 3:30 AM");
});

test("a time that comes twice is the first of the two, by its name", () => {
  const at = { when: ["at"], at: ["2026-11-01T01:30"] };
  assert.equal(instant(heardAt(at, Date.parse("2026-11-02T12:00:00-05:00")) ?? 0), "2026-11-01T01:30:00-04:00");
  assert.equal(label(at, "2026-11-01T12:00:00-05:00"), "Filed under 1:30 AM EDT");
  assert.equal(label({ when: ["5"] }, "2026-11-01T01:35:00-05:00"), "Filed under 1:30 AM EST");
});

test("what was said in the second of the two stays in it when something else is mended", () => {
  const before = "2026-11-01T01:30:20-05:00";
  const shown = heardAt({ when: ["at"], at: ["2026-11-01T01:30"] }, Date.parse("2026-11-02T12:00:00-05:00")) ?? 0;
  assert.equal(said(shown, before), before);
});

test("the offset is the one of that day, not of today", () => {
  assert.equal(instant(Date.parse("2026-07-01T14:00:00Z")), "2026-07-01T10:00:00-04:00");
  assert.equal(instant(Date.parse("2026-12-01T14:00:00Z")), "2026-12-01T09:00:00-05:00");
});
