import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import type { OwnListen } from "../../static/src/kept";
import { byDay, type Day } from "../../static/src/pages/record-days";
import { listen, SCHOOL } from "./world";

const ISLAND = "01936b5e-7c00-7000-8000-00000000000f";
const NOW = Date.UTC(2026, 10, 24, 17);

function heard(at: string, school = SCHOOL): OwnListen {
  const { op: _op, base: revision, ...said } = listen({ observed_at: at, school });
  return { ...said, revision, at: Date.parse(at), sent: true };
}

function told(days: readonly Day[]): Record<string, string[]> {
  return Object.fromEntries(days.map(({ name, listens }) => [name, listens.map(({ time }) => plain(time))]));
}

/** Newer data of the languages have a narrow space before AM and PM. */
const plain = (text: string): string => text.replace(/\s/g, " ");

const inNewYork = (): string => "America/New_York";

test("a day is one of the school's calendar, whatever the clock of the phone says", () => {
  const listens = [heard("2026-11-24T05:30:00Z"), heard("2026-11-24T04:59:00Z"), heard("2026-11-23T16:00:00Z")];
  deepEqual(told(byDay(listens, inNewYork, "en", NOW)), {
    "Tuesday, November 24": ["12:30 AM"],
    "Monday, November 23": ["11:59 PM", "11:00 AM"],
  });
});

test("the day on which clocks go back is one day, with its hour that comes twice", () => {
  const listens = ["2026-11-02T04:30:00Z", "2026-11-01T06:30:00Z", "2026-11-01T05:30:00Z", "2026-11-01T04:00:00Z"];
  deepEqual(
    told(
      byDay(
        listens.map((at) => heard(at)),
        inNewYork,
        "en",
        NOW,
      ),
    ),
    {
      "Sunday, November 1": ["11:30 PM", "1:30 AM", "1:30 AM", "12:00 AM"],
    },
  );
});

test("a day of another year is told with its year, by the school's calendar", () => {
  const listens = [heard("2026-01-01T05:00:00Z"), heard("2026-01-01T04:59:00Z"), heard("2025-12-31T05:00:00Z")];
  deepEqual(told(byDay(listens, inNewYork, "en", NOW)), {
    "Thursday, January 1": ["12:00 AM"],
    "Wednesday, December 31, 2025": ["11:59 PM", "12:00 AM"],
  });
});

test("schools in two zones share a day that both call so, each by its own clock", () => {
  const zone = (school: string): string => (school === ISLAND ? "Pacific/Honolulu" : "America/New_York");
  const listens = [heard("2026-11-24T14:00:00Z"), heard("2026-11-24T08:00:00Z", ISLAND), heard("2026-11-24T04:00:00Z")];
  deepEqual(told(byDay(listens, zone, "en", NOW)), {
    "Tuesday, November 24": ["9:00 AM"],
    "Monday, November 23": ["10:00 PM", "11:00 PM"],
  });
});

test("days are told in the language of the page", () => {
  deepEqual(told(byDay([heard("2026-11-24T15:00:00Z")], inNewYork, "es-419", NOW)), {
    "martes, 24 de noviembre": ["10:00 a.m."],
  });
});
