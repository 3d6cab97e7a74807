import type { Row } from "./database";
import type { Current } from "./wire";

/** The shape of an outbox row and of what is said in it; a call names it. The server reads this and the one before. */
export const SCHEMA = 2;

/** How a row of each earlier shape becomes one of the next. */
const STEPS: Record<number, (row: Row) => Row> = {
  // `follows` was true or false, which no index takes.
  1: (row) => ({ ...row, follows: row.follows ? 1 : 0 }),
};

/** The row in today's shape; null if it cannot be read, because it is broken or of a later release. */
export function upgradeRow(row: Row): Row | null {
  let risen = row;
  for (let step = STEPS[risen.schema]; step !== undefined; step = STEPS[risen.schema])
    risen = { ...step(risen), schema: risen.schema + 1 };
  return risen.schema === SCHEMA && speaks(risen) ? risen : null;
}

/**
 * Whether a later release wrote this row, in another tab or before it was taken back. It is none of ours to send,
 * to mend or to call broken: it waits untouched for whoever can read it.
 */
export function isLater(row: Row): boolean {
  return typeof row.schema === "number" && row.schema > SCHEMA;
}

/** Whether this surely never left the phone: then nothing need be sent to take it back. */
export function neverArrived(row: Row): boolean {
  return row.tried === 0 && row.change.base === null && !row.follows && row.why?.is !== "conflict";
}

/** What the server was shown to hold where this is in conflict with it; null when it is not. */
export function theirs({ why }: Row): Current | null {
  return why?.is === "conflict" ? why.current : null;
}

function speaks({ change }: Row): boolean {
  if (typeof change?.id !== "string" || typeof change.school !== "string") return false;
  return change.op === "delete" || (Array.isArray(change.heard) && Date.parse(change.observed_at) > 0);
}
