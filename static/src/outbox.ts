import { type Observation, type Row, reach, type Transaction, type Why } from "./database";
import { SCHEMA } from "./rows";
import type { Change, Put, Result, Uuid } from "./wire";

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
  await reach(async (database) => {
    const transaction = database.transaction(["outbox", "observations"], "readwrite", { durability: "strict" });
    const outbox = transaction.objectStore("outbox");
    const last = (await outbox.index("by_observation").getAll([owner, id])).filter(readable).at(-1);
    const stored = await transaction.objectStore("observations").get([owner, id]);
    const change = decide(last, last === undefined ? stored : undefined);
    const row = after(last, { owner, change, now });
    if (row === null) await outbox.delete(last?.seq ?? 0);
    else await outbox.put(row as Row);
    await transaction.done;
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
  if (last.state === "waiting" && last.tried > 0) return { ...fresh, follows: 1 };
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

function neverArrived(row: Row): boolean {
  return row.tried === 0 && row.change.base === null && !row.follows && row.why?.is !== "conflict";
}

/** Changes about to be sent, and up to which row they were looked for. */
export interface Taken {
  rows: Row[];
  /** The last row looked at; null when there was none after the one asked for. */
  through: number | null;
}

/**
 * Takes the next changes of one person that can be sent, in the order in which they were saved, and notes that
 * from now on they may have arrived. Both in one transaction: a change mended meanwhile must not be overwritten.
 *
 * @param seq the row after which to look
 * @param choose the beginning of those that fits into one call
 */
export async function take(
  owner: Uuid,
  seq: number,
  most: number,
  choose: (rows: readonly Row[]) => Row[],
): Promise<Taken> {
  return reach(async (database) => {
    const transaction = database.transaction("outbox", "readwrite");
    const range = IDBKeyRange.bound([owner, "waiting", seq], [owner, "waiting", Infinity], true);
    const found = await transaction.store.index("by_owner").getAll(range, most);
    const ready = found.filter((row) => readable(row) && !row.follows);
    const rows = ready.length > 0 ? choose(ready) : [];
    const aside = found.filter((row) => !readable(row)).map(setAside);
    const going = rows.map((row) => ({ ...row, tried: row.tried + 1 }));
    await Promise.all([...going, ...aside].map((row) => transaction.store.put(row)));
    await transaction.done;
    const cutShort = rows.length < ready.length;
    return { rows, through: (cutShort ? rows : found).at(-1)?.seq ?? null };
  });
}

/** How many of the changes sent left the outbox, and how many the answer named. */
export interface Settled {
  left: number;
  named: number;
}

/** Takes the server's results: what is stored leaves the outbox, the rest needs its person. */
export async function settle(owner: Uuid, sent: readonly Row[], results: readonly Result[]): Promise<Settled> {
  const bySaid = new Map(sent.map((row) => [row.change.id, row]));
  return reach(async (database) => {
    const transaction = database.transaction(["outbox", "observations", "meta"], "readwrite");
    let [left, named] = [0, 0];
    for (const result of results) {
      const row = bySaid.get(result.id);
      if (row === undefined) continue;
      named += 1;
      if (await leaves(transaction, owner, row, result)) left += 1;
    }
    await transaction.done;
    return { left, named };
  });
}

/** Takes one result; false when the change needs its person. */
async function leaves(transaction: Transaction, owner: Uuid, row: Row, result: Result): Promise<boolean> {
  if (result.status === "applied" || result.status === "unchanged") {
    await arrived(transaction, owner, row, result);
    return true;
  }
  if (result.status === "rejected" && (await replaced(transaction, owner, row))) return true;
  const { current, problem } = result;
  const why: Why = result.status === "conflict" ? { is: "conflict", current } : { is: "rejected", problem };
  await needPerson(transaction, owner, row, why);
  return false;
}

/** Puts one change before its person. */
export async function putBefore(row: Row, why: Why): Promise<void> {
  await reach(async (database) => {
    const transaction = database.transaction(["outbox", "observations"], "readwrite");
    await needPerson(transaction, row.owner, row, why);
    await transaction.done;
  });
}

/**
 * Sends a change again that needs its person; a conflicting one goes on from what the server was shown to hold.
 * False when it is no longer as the person saw it: then nothing is done.
 */
export async function resend(seen: Row): Promise<boolean> {
  const current = seen.why?.is === "conflict" ? seen.why.current : null;
  const change = { ...seen.change, base: current?.revision ?? seen.change.base };
  return ifStillSo(seen, (store) => store.put({ ...seen, change, state: "waiting", why: null }));
}

/** Throws a change away that needs its person. Only after that person was asked (SYNC-6); false as above. */
export async function discard(seen: Row): Promise<boolean> {
  return ifStillSo(seen, (store) => store.delete(seen.seq));
}

/** Takes a discard back. */
export async function putBack(row: Row): Promise<void> {
  await reach(async (database) => {
    const transaction = database.transaction("outbox", "readwrite", { durability: "strict" });
    await transaction.store.put(row);
    await transaction.done;
  });
}

/** Another page may have settled it since: then it is perhaps on its way, and not to be touched. */
async function ifStillSo(seen: Row, work: (store: Outbox) => Promise<unknown>): Promise<boolean> {
  return reach(async (database) => {
    const transaction = database.transaction("outbox", "readwrite", { durability: "strict" });
    const held = await transaction.store.get(seen.seq);
    const same = held?.state === "needs_you" && JSON.stringify(held) === JSON.stringify(seen);
    if (same) await work(transaction.store);
    await transaction.done;
    return same;
  });
}

/** Everything on this device that is not sent, or needs its person, oldest first. */
export async function all(owner: Uuid): Promise<Row[]> {
  return reach((database) => database.getAllFromIndex("outbox", "by_owner", IDBKeyRange.bound([owner], [owner, []])));
}

/** How the outbox stands for one person. */
export async function standing(owner: Uuid | null): Promise<Standing> {
  return reach(async (database) => {
    const { store } = database.transaction("outbox");
    const index = store.index("by_owner");
    const every = await store.count();
    if (owner === null) return { waiting: 0, since: null, needsYou: 0, others: every };
    const ofState = (state: Row["state"]) => IDBKeyRange.bound([owner, state], [owner, state, []]);
    const [rows, needsYou] = await Promise.all([index.getAll(ofState("waiting")), index.count(ofState("needs_you"))]);
    const waiting = rows.filter((row) => !row.follows).length;
    return { waiting, since: rows[0]?.saved_at ?? null, needsYou, others: every - rows.length - needsYou };
  });
}

async function arrived(transaction: Transaction, owner: Uuid, row: Row, result: Result): Promise<void> {
  await leave(transaction, owner, row, result.revision ?? 0);
  // “unchanged” arrived long before: another device may have changed or deleted it since, and this one have read
  // past that already. So it reads anew (SYNC-7).
  const cursor = `cursor ${owner} ${row.change.school}`;
  if (result.status === "unchanged") await transaction.objectStore("meta").delete(cursor);
}

async function leave(transaction: Transaction, owner: Uuid, row: Row, revision: number): Promise<void> {
  const observations = transaction.objectStore("observations");
  const known = await observations.get([owner, row.change.id]);
  if (row.change.op === "delete") await observations.delete([owner, row.change.id]);
  // A pull may have brought a later state already.
  else if (known === undefined || known.revision < revision)
    await observations.put(observed(owner, row.change, revision));
  await transaction.objectStore("outbox").delete(row.seq);
  const next = await follower(transaction, owner, row);
  if (next === undefined) return;
  const change = { ...next.change, base: revision };
  await transaction.objectStore("outbox").put({ ...next, change, follows: 0 });
}

/**
 * Whether something followed a change that was rejected: the person's last word, which says perhaps what is wanted.
 * It goes in its place; to take back what was never stored, nothing needs to go.
 */
async function replaced(transaction: Transaction, owner: Uuid, row: Row): Promise<boolean> {
  const next = await follower(transaction, owner, row);
  if (next === undefined) return false;
  const outbox = transaction.objectStore("outbox");
  const change = { ...next.change, base: row.change.base };
  await outbox.delete(next.seq);
  if (change.op === "delete" && neverArrived(row)) await outbox.delete(row.seq);
  else await outbox.put({ ...next, seq: row.seq, tried: row.tried, follows: 0, change });
  return true;
}

async function needPerson(transaction: Transaction, owner: Uuid, row: Row, why: Why): Promise<void> {
  const next = await follower(transaction, owner, row);
  const change = { ...(next ?? row).change, base: row.change.base };
  await transaction.objectStore("outbox").put({ ...row, change, state: "needs_you", why });
  // What followed is the person's last word, and is now in the row above.
  if (next !== undefined) await transaction.objectStore("outbox").delete(next.seq);
}

async function follower(transaction: Transaction, owner: Uuid, row: Row): Promise<Row | undefined> {
  const rows = await transaction.objectStore("outbox").index("by_observation").getAll([owner, row.change.id]);
  return rows.find((other) => other.seq > row.seq && readable(other));
}

function observed(account: Uuid, put: Put, revision: number): Observation {
  const { op: _op, base: _base, ...said } = put;
  return { ...said, account, revision, at: Date.parse(put.observed_at) };
}

function readable(row: Row): boolean {
  return row.schema === SCHEMA && typeof row.change?.id === "string" && typeof row.change.school === "string";
}

function setAside(row: Row): Row {
  return { ...row, state: "needs_you", why: { is: "unreadable" } };
}
