const FIRST = 2_000;
const LONGEST = 5 * 60_000;
/** No server may silence a phone for longer than this by mistake. */
const LONGEST_ASKED = 60 * 60_000;

/**
 * How long to wait before the next try, in milliseconds.
 *
 * Doubles from two seconds to five minutes, and half of it is chance, so that the phones of a school that come
 * back after an outage do not all call at once. What the server asked for is kept, and chance added on top.
 *
 * @param tries how often it failed in a row, from 1
 * @param asked the server's `Retry-After` in milliseconds, or null
 * @param chance a number from 0 up to 1
 */
export function pause(tries: number, asked: number | null, chance: number = Math.random()): number {
  const longest = Math.min(LONGEST, FIRST * 2 ** Math.max(0, Math.min(tries, 20) - 1));
  const own = longest / 2 + (longest / 2) * chance;
  return asked === null ? own : Math.max(own, asked + FIRST * chance);
}

/**
 * Whether a pause until then is over. One that is longer than any pause was made by another clock: this one was set
 * back since.
 */
export function isOver(until: number, now: number): boolean {
  return until <= now || until - now > LONGEST_ASKED + FIRST;
}

/**
 * A `Retry-After` header in milliseconds from `now`: seconds or a date (RFC 9110 §10.2.3); null if neither.
 *
 * @param now milliseconds since 1970
 */
export function asked(header: string | null, now: number): number | null {
  if (header === null || header.trim() === "") return null;
  const said = /^\s*\d+\s*$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isNaN(said) ? null : Math.min(Math.max(said, 0), LONGEST_ASKED);
}
