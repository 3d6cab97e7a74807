import type { Observation, Row } from "./database";
import { newId } from "./ids";
import type { OwnListen } from "./kept";
import { addDecided, saysTheSame } from "./outbox";
import type { Change, Put, Uuid } from "./wire";

/** What was last done on this page, and what the observation was before (null if it was new). */
export interface Done {
  change: Change;
  before: OwnListen | null;
}

/**
 * Takes back what was last done.
 *
 * A new listen-in is deleted, a mended one gets its earlier words back. A deletion that has reached the server
 * cannot be called back, because there it wins; the same words are then saved as a new listen-in.
 */
export async function undo(owner: Uuid, done: Done, now: number): Promise<void> {
  await addDecided(owner, done.change.id, now, (last, stored) => opposite(done, last, stored));
}

function opposite({ change, before }: Done, last: Row | undefined, stored: Observation | undefined): Change {
  if (change.op === "delete") {
    // The same words as before can only be asked for where there were some.
    const said = asPut(before as OwnListen);
    return last === undefined ? { ...said, id: newId(), base: null } : { ...said, base: last.change.base };
  }
  const arrived = stored !== undefined && saysTheSame(stored, change) ? stored.revision : (before?.revision ?? null);
  const base = last === undefined ? arrived : last.change.base;
  return before === null ? { op: "delete", id: change.id, school: change.school, base } : { ...asPut(before), base };
}

function asPut({ revision: _revision, at: _at, sent: _sent, ...said }: OwnListen): Omit<Put, "base"> {
  return { op: "put", ...said };
}
