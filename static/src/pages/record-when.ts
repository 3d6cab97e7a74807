import { asField, instant } from "../instants";
import { clock, say, sayCount, words } from "../words";
import type { Values } from "./form-values";

/** The server files a listen-in under its own time when a phone’s clock is off by more than this (sync.md). */
const SKEW_FORGIVEN = 2 * 60_000;
const A_MINUTE = 60_000;

/**
 * When it was heard, in milliseconds since 1970 by this phone's clock; null when a time was promised and is
 * missing, or still to come.
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

/** The time under which it will be filed, in the school's zone, the phone's clock put right. */
export function filedLabel(values: Values, now: number, skew: number, zone: string | undefined): string {
  const at = heardAt(values, now);
  if (at === null) return "";
  const filed = Math.abs(skew) > SKEW_FORGIVEN ? at - skew : at;
  const { filed: sentence, filed_there } = words().record;
  const elsewhere = zone !== undefined && clock(filed, now, zone) !== clock(filed, now);
  return say(elsewhere ? filed_there : sentence, { time: clock(filed, now, zone) });
}
