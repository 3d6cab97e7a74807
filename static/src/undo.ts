import { newId } from "./ids";
import { type OwnListen, ownListen } from "./kept";
import { add, all } from "./outbox";
import type { Change, Put, Uuid } from "./wire";

/** What was last done on this page, and what the observation was before (null if it was new). */
export interface Done {
  change: Change;
  before: OwnListen | null;
}

/**
 * Takes back what was last done.
 *
 * A new listen-in is deleted, a mended one gets its earlier words back. A deletion that may have reached the
 * server cannot be called back, because there it wins; the same words are then saved as a new listen-in.
 */
export async function undo(owner: Uuid, done: Done, now: number): Promise<void> {
  await add(owner, await opposite(owner, done), now);
}

async function opposite(owner: Uuid, { change, before }: Done): Promise<Change> {
  const known = await ownListen(owner, change.id);
  if (before === null) return { op: "delete", id: change.id, school: change.school, base: known?.revision ?? null };
  if (change.op === "put") return { ...asPut(before), base: known?.revision ?? before.revision };
  const stillHere = (await all(owner)).some((row) => row.change.id === change.id && row.tried === 0);
  return stillHere ? { ...asPut(before), base: before.revision } : { ...asPut(before), id: newId(), base: null };
}

function asPut({ revision: _revision, at: _at, sent: _sent, ...said }: OwnListen): Omit<Put, "base"> {
  return { op: "put", ...said };
}
