const VERSION = 0x70;
const VARIANT = 0x80;
const COUNTER_END = 0x1000;

let lastMilliseconds = 0;
let counter = 0;

/**
 * A UUID of version 7 (RFC 9562 §5.7, method 1 of §6.2): 48 bits of time, a 12-bit counter, 62 random bits.
 *
 * Ids made in one context always sort in the order in which they were made, also within a millisecond and
 * when the clock is set back; the random bits keep pages and workers apart.
 *
 * @param now milliseconds since 1970
 */
export function newId(now: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  step(now, ((bytes[6] ?? 0) << 3) | ((bytes[7] ?? 0) >> 5));
  new DataView(bytes.buffer).setUint16(0, Math.floor(lastMilliseconds / 2 ** 32));
  new DataView(bytes.buffer).setUint32(2, lastMilliseconds % 2 ** 32);
  bytes[6] = VERSION | (counter >> 8);
  bytes[7] = counter & 0xff;
  bytes[8] = VARIANT | ((bytes[8] ?? 0) & 0x3f);
  return written(bytes);
}

/** A new millisecond starts its counter in the lower half, so that there is room to count up. */
function step(now: number, seed: number): void {
  if (now > lastMilliseconds) {
    lastMilliseconds = now;
    counter = seed;
  } else if (++counter === COUNTER_END) {
    lastMilliseconds += 1;
    counter = 0;
  }
}

function written(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
