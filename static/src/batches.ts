/** What one call may carry (contract: 500 changes and 512 KiB). */
export const MOST_CHANGES = 500;
export const MOST_BYTES = 512 * 1024;

const measure = new TextEncoder();

/** The length of `thing` as JSON, in bytes of UTF-8. */
export function size(thing: unknown): number {
  return measure.encode(JSON.stringify(thing)).length;
}

/**
 * The longest beginning of `changes` that fits into one call; at least one change, were it ever so large,
 * because only the server can say what becomes of it.
 *
 * @param around bytes of the call without any change
 */
export function cut<T>(
  changes: readonly T[],
  around: number,
  mostChanges: number = MOST_CHANGES,
  mostBytes: number = MOST_BYTES,
): T[] {
  let bytes = around;
  let count = 0;
  for (const change of changes.slice(0, mostChanges)) {
    // One byte more for the comma.
    bytes += size(change) + 1;
    if (bytes > mostBytes) break;
    count += 1;
  }
  return changes.slice(0, Math.max(1, count));
}
