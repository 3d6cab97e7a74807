/**
 * RFC 3339 with this phone's own offset at that time, to the second: `2026-11-24T10:42:00-05:00`.
 *
 * @param milliseconds since 1970
 */
export function instant(milliseconds: number): string {
  const date = new Date(milliseconds);
  const ahead = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + ahead * 60_000).toISOString().slice(0, 19);
  const minutes = Math.abs(ahead);
  return `${local}${ahead < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** The value that `<input type="datetime-local">` takes for a time, by this phone's clock, to the minute. */
export function asField(milliseconds: number): string {
  return instant(milliseconds).slice(0, 16);
}

function two(count: number): string {
  return String(count).padStart(2, "0");
}
