import type { Pause } from "../database";
import type { Standing } from "../outbox";
import type { Words } from "../words";

/** Why what waits waits. */
export type Why = keyof Words["outbox"]["why"];

/** What is known of this phone and of sending. */
export interface Circumstances {
  /** Whether it is known whose phone this is. */
  known: boolean;
  standing: Standing;
  signedIn: boolean;
  /** Whether the server said that the account is closed. */
  closed: boolean;
  sending: boolean;
  /** Whether the server wants a later version of this app. */
  outdated: boolean;
  pause: Pause | undefined;
  onLine: boolean;
  now: number;
}

/** What stands in the way of sending, the first that only the person can clear first; null when nothing waits. */
export function why({ known, standing, sending, outdated, ...more }: Circumstances): Why | null {
  if (!known) return standing.others > 0 ? "signed_out" : null;
  if (standing.waiting + standing.needsYou === 0) return null;
  if (!more.signedIn) return more.closed ? "closed" : "sign_in";
  if (standing.waiting === 0) return "needs_you";
  if (sending) return "sending";
  return outdated ? "update" : whatRests(more);
}

/** `navigator.onLine` is a hint for words, never a gate. */
function whatRests({ pause, onLine, now }: Pick<Circumstances, "pause" | "onLine" | "now">): Why {
  const resting = pause !== undefined && pause.until > now;
  if (resting && pause.answered) return "resting";
  if (!onLine) return "offline";
  return resting ? "no_answer" : "soon";
}
