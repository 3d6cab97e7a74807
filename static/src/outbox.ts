import { type Observation, type Row, reach, rowsOf, write } from "./database";
import { isLater, neverArrived, SCHEMA, theirs, upgradeRow } from "./rows";
import type { Change, Put, Uuid } from "./wire";

/** How the outbox stands for one person. */
export interface Standing {
  /** How many listen-ins wait; one that was changed twice waits once. */
  waiting: number;
  /** When the oldest of them was saved, in milliseconds since 1970; null when none waits. */
  since: number | null;
  needsYou: number;
  /** What waits on this device for other people, or cannot be told whose it is. */
  others: number;
}

/** What is said of an observation, whoever tells it: a change, the phone, or the server. */
export type Said = Pick<Put, "place" | "setting" | "heard" | "observed_at" | "group_size" | "note" | "walkthrough">;

/**
 * Saves a change; when this returns, it is on disk (SYNC-1).
 *
 * A change of an observation that surely never left the phone is replaced; one that may have arrived is
 * followed, because its answer must be known before the next can say where it began.
 *
 * @param now milliseconds since 1970
 * @param from what the person saw when making this change; null for a new listen-in
 * @throws QuotaExceededError when the device is full; nothing is saved then
 */
export async function add(owner: Uuid, change: Change, now: number, from: Said | null = null): Promise<void> {
  await addDecided(owner, change.id, now, (_last, stored) => {
    // It was still in the outbox when the person saw it, and has arrived since: go on from there.
    const arrived = stored !== undefined && from !== null && saysTheSame(stored, from);
    return arrived ? { ...change, base: stored.revision } : change;
  });
}

/**
 * Saves a change that is decided by what stands in the outbox under its id, and what the server is known to hold:
 * in one transaction, because another page or the worker may be sending.
 */
export async function addDecided(
  owner: Uuid,
  id: Uuid,
  now: number,
  decide: (last: Row | undefined, stored: Observation | undefined) => Change,
): Promise<void> {
  await write(["outbox", "observations"], async (transaction) => {
    const outbox = transaction.objectStore("outbox");
    const rows = await outbox.index("by_observation").getAll([owner, id]);
    const last = rows.flatMap((row) => upgradeRow(row) ?? (isLater(row) ? row : [])).at(-1);
    const stored = await transaction.objectStore("observations").get([owner, id]);
    const change = decide(last, last === undefined ? stored : undefined);
    const row = after(last, { owner, change, now });
    if (row === null) await outbox.delete(last?.seq ?? 0);
    else await outbox.put(row as Row);
  });
}

/** Whether two say the same of an observation, however its time is written. */
export function saysTheSame(one: Said, other: Said): boolean {
  return plain(one) === plain(other);
}

function plain({ place, setting, heard, observed_at, group_size, note, walkthrough }: Said): string {
  // The server tidies the blanks in a note.
  const words = note?.replace(/\s+/g, " ").trim() || null;
  return JSON.stringify([place, setting, [...heard].sort(), Date.parse(observed_at), group_size, words, walkthrough]);
}

/** The row that a change becomes after `last`; null when the two undo each other. */
function after(last: Row | undefined, said: { owner: Uuid; change: Change; now: number }): NewRow | null {
  const fresh: NewRow = {
    schema: SCHEMA,
    owner: said.owner,
    change: said.change,
    saved_at: said.now,
    tried: 0,
    follows: 0,
    state: "waiting",
    why: null,
  };
  if (last === undefined) return fresh;
  if (last.state === "waiting" && (last.tried > 0 || isLater(last))) return { ...fresh, follows: 1 };
  if (isLater(last)) return fresh;
  if (said.change.op === "delete" && neverArrived(last)) return null;
  // Whoever was shown what the server holds says so by its revision; whoever was not begins where they began.
  const { base } = last.why?.is === "conflict" ? said.change : last.change;
  return { ...fresh, seq: last.seq, tried: last.tried, follows: last.follows, change: { ...said.change, base } };
}

interface Outbox {
  put(row: Row): Promise<unknown>;
  delete(seq: number): Promise<unknown>;
}

/** A row before the database has numbered it. */
type NewRow = Omit<Row, "seq"> & { seq?: number };

/**
 * Sends a change again that needs its person; a conflicting one goes on from what the server was shown to hold.
 * False when it is no longer as the person saw it: then nothing is done.
 */
export async function resend(seen: Row): Promise<boolean> {
  const change = { ...seen.change, base: theirs(seen)?.revision ?? seen.change.base };
  return ifStillSo(seen, (store) => store.put({ ...seen, change, state: "waiting", why: null }));
}

/** Throws a change away that needs its person. Only after that person was asked (SYNC-6); false as above. */
export async function discard(seen: Row): Promise<boolean> {
  return ifStillSo(seen, (store) => store.delete(seen.seq));
}

/** Takes a discard back. */
export async function putBack(row: Row): Promise<void> {
  await write(["outbox"], (transaction) => transaction.objectStore("outbox").put(row));
}

/** Another page may have settled it since: then it is perhaps on its way, and not to be touched. */
async function ifStillSo(seen: Row, work: (store: Outbox) => Promise<unknown>): Promise<boolean> {
  return write(["outbox"], async (transaction) => {
    const outbox = transaction.objectStore("outbox");
    const held = await outbox.get(seen.seq);
    const same = held?.state === "needs_you" && JSON.stringify(risen(held)) === JSON.stringify(seen);
    if (same) await work(outbox);
    return same;
  });
}

/** Everything on this device that is not sent, or needs its person, oldest first. */
export async function all(owner: Uuid): Promise<Row[]> {
  return (await reach((database) => rowsOf(database.transaction("outbox").store, owner))).map(risen);
}

/** The first changes of one person that wait, or that need the person. */
export async function first(owner: Uuid, state: Row["state"], most: number): Promise<Row[]> {
  const range = ofState(owner, state);
  return (await reach((database) => database.getAllFromIndex("outbox", "by_owner", range, most))).map(risen);
}

/** What was said of an observation before a deletion that waits; null where this device does not know it. */
export async function saidBefore({ owner, seq, change }: Row): Promise<Said | null> {
  return reach(async (database) => {
    const transaction = database.transaction(["outbox", "observations"]);
    const rows = await transaction.objectStore("outbox").index("by_observation").getAll([owner, change.id]);
    const said = rows.flatMap((row) => (row.seq < seq && row.change.op === "put" ? row.change : [])).at(-1);
    return said ?? (await transaction.objectStore("observations").get([owner, change.id])) ?? null;
  });
}

function risen(row: Row): Row {
  return upgradeRow(row) ?? row;
}

/** How the outbox stands for one person. */
export async function standing(owner: Uuid | null): Promise<Standing> {
  return reach(async (database) => {
    const { store } = database.transaction("outbox");
    const index = store.index("by_owner");
    const every = await store.count();
    if (owner === null) return { waiting: 0, since: null, needsYou: 0, others: every };
    const [rows, follow, needsYou, [oldest]] = await Promise.all([
      index.count(ofState(owner, "waiting")),
      store.index("by_follows").count([owner, 1]),
      index.count(ofState(owner, "needs_you")),
      index.getAll(ofState(owner, "waiting"), 1),
    ]);
    return { waiting: rows - follow, since: oldest?.saved_at ?? null, needsYou, others: every - rows - needsYou };
  });
}

function ofState(owner: Uuid, state: Row["state"]): IDBKeyRange {
  return IDBKeyRange.bound([owner, state], [owner, state, []]);
}
