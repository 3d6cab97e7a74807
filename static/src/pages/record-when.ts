import { asField, instant } from "../instants";
import { clock, clockOnce, locale, say, sayCount, words } from "../words";
import type { Values } from "./form-values";

/** The server files a listen-in under its own time when a phone’s clock is off by more than this (sync.md). */
const SKEW_FORGIVEN = 2 * 60_000;
const A_MINUTE = 60_000;

/**
 * When it was heard, in milliseconds since 1970 by this phone's clock; null when a time was promised and is
 * missing, or still to come. Where clocks go back, the first of the two; where they go forward, the hour later.
 */
export function heardAt(values: Values, now: number): number | null {
  const when = values["when"]?.[0] ?? "now";
  if (when === "now") return now;
  if (when !== "at") return now - Number(when) * A_MINUTE;
  const at = Date.parse(values["at"]?.[0] ?? "");
  return Number.isNaN(at) || at > now + A_MINUTE ? null : at;
}

/** `observed_at` for a time; the very words said before, if the form still shows that minute. */
export function said(at: number, before: string | null): string {
  return before !== null && asField(Date.parse(before)) === asField(at) ? before : instant(at);
}

/** The choice in a word or two, for the button that opens it. */
export function whenLabel(values: Values, now: number): string {
  const when = values["when"]?.[0] ?? "now";
  if (when === "now") return words().record.now;
  if (when !== "at") return sayCount(words().record.ago, Number(when));
  const at = heardAt(values, now);
  return at === null ? words().record.choose_time : clock(at, now);
}

/** Whether the server will put this phone's clock right, and the person should see how. */
export function isOff(skew: number): boolean {
  return Math.abs(skew) > SKEW_FORGIVEN;
}

/** The time under which the server files what this phone's clock calls `at`. */
export function filedAt(at: number, skew: number): number {
  return isOff(skew) ? at - skew : at;
}

/** What must be known to tell under which time it will be filed. */
export interface Filing {
  now: number;
  /** This phone's clock minus the server's, in milliseconds. */
  skew: number;
  /** The school's time zone. */
  zone: string | undefined;
  /** `observed_at` as the server holds it; null while it does not. */
  held: string | null;
}

/** The time under which it will be filed, in the school's zone, the phone's clock put right, and why. */
export function filedLabel(values: Values, { now, skew, zone, held }: Filing): string {
  const at = heardAt(values, now);
  if (at === null) return "";
  const { record } = words();
  // A time that stays as it is said is filed as it was, whatever this phone's clock shows today.
  if (held !== null && said(at, held) === held) return record.filed_same;
  const [filed, today] = [filedAt(at, skew), filedAt(now, skew)];
  const there = clockOnce(filed, today, zone);
  const time = there === clockOnce(filed, today) ? there : say(record.at_school, { time: there });
  if (!isOff(skew)) return say(record.filed, { time });
  return say(skew > 0 ? record.filed_ahead : record.filed_behind, { time, span: span(Math.abs(skew)) });
}

/** How long, in the largest unit that says it well: 3 minutes, 1 hour, 2 days. */
function span(milliseconds: number): string {
  const minutes = Math.round(milliseconds / A_MINUTE);
  const hours = Math.round(minutes / 60);
  // 59 minutes are an hour by any clock on a wall.
  if (minutes < 59) return amount(minutes, "minute");
  return hours < 48 ? amount(hours, "hour") : amount(Math.round(hours / 24), "day");
}

function amount(count: number, unit: "minute" | "hour" | "day"): string {
  return new Intl.NumberFormat(locale(), { style: "unit", unit, unitDisplay: "long" }).format(count);
}
