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
  const random = crypto.randomUUID();
  step(now, Number.parseInt(random.slice(0, 3), 16) >> 1);
  const time = hex(lastMilliseconds, 12);
  // The variant and the random bits behind it are those of any version.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(counter, 3)}${random.slice(18)}`;
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

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, "0");
}
