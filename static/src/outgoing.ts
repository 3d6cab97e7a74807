import { type Observation, putAll, type Row, type Transaction, type Why, write } from "./database";
import { isHere } from "./facts";
import { MOST_KEPT } from "./kept";
import { isLater, neverArrived, upgradeRow } from "./rows";
import type { Put, Result, Uuid } from "./wire";

/** Changes about to be sent, and up to which row they were looked for. */
export interface Taken {
  rows: Row[];
  /** The last row looked at; null when there was none after the one asked for. */
  through: number | null;
  /** Whether some of them only a later release can send. */
  later: boolean;
}

/**
 * Takes the next changes of one person that can be sent, in the order in which they were saved, and notes that
 * from now on they may have arrived. Both in one transaction, on disk before the call: a change mended meanwhile must
 * not be overwritten, and what may have arrived must be known to after a power cut too.
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
  return write(["outbox"], async (transaction) => {
    const outbox = transaction.objectStore("outbox");
    const range = IDBKeyRange.bound([owner, "waiting", seq], [owner, "waiting", Infinity], true);
    const found = await outbox.index("by_owner").getAll(range, most);
    const free = found.flatMap((row) => (row.follows ? [] : (upgradeRow(row) ?? [])));
    // An answer tells changes apart by their observation: of two that wait side by side, one goes at a time.
    const seen = new Set<Uuid>();
    const ready = free.filter(({ change: { id } }) => !seen.has(id) && seen.add(id));
    const rows = ready.length > 0 ? choose(ready) : [];
    const aside = found.filter((row) => upgradeRow(row) === null && !isLater(row)).map(setAside);
    const going = rows.map((row) => ({ ...row, tried: row.tried + 1 }));
    await putAll(outbox, [...going, ...aside]);
    const cutShort = rows.length < ready.length;
    return { rows, through: (cutShort ? rows : found).at(-1)?.seq ?? null, later: found.some(isLater) };
  });
}

/** How many of the changes sent left the outbox, and how many the answer named. */
export interface Settled {
  left: number;
  named: number;
}

/** A change, and what the server said of it. */
interface Answered {
  row: Row;
  result: Result;
}

/** Takes the server's results: what is stored leaves the outbox, the rest needs its person. */
export async function settle(owner: Uuid, sent: readonly Row[], results: readonly Result[]): Promise<Settled> {
  const byId = new Map(results.map((result) => [result.id, result]));
  const answered = sent.flatMap((row): Answered[] => {
    const result = byId.get(row.change.id);
    return result === undefined ? [] : [{ row, result }];
  });
  const arrived = answered.filter(({ result: { status } }) => status === "applied" || status === "unchanged");
  let left = 0;
  await ifStillThere(sent[0], async (transaction) => {
    left = arrived.length;
    await remember(transaction, owner, arrived);
    await readAnew(transaction, owner, arrived);
    await leave(transaction, arrived);
    for (const refused of answered) if (await leavesUnstored(transaction, refused)) left += 1;
  });
  return { left, named: answered.length };
}

/** Puts one change before its person. */
export async function putBefore(row: Row, why: Why): Promise<void> {
  await ifStillThere(row, (transaction) => needPerson(transaction, row, why));
}

/** Where storage was cleared while a call was on its way, its numbers are given to other changes; those are not touched. */
async function ifStillThere(row: Row | undefined, work: (transaction: Transaction) => Promise<void>): Promise<void> {
  await write(["outbox", "observations", "meta"], async (transaction) => {
    const held = row && (await transaction.objectStore("outbox").get(row.seq));
    if (held?.state === "waiting" && held.change?.id === row?.change.id) await work(transaction);
  });
}

/** What arrived is known from now on as the server holds it; but nothing is kept of who signed out meanwhile. */
async function remember(transaction: Transaction, owner: Uuid, arrived: readonly Answered[]): Promise<void> {
  if (arrived.length === 0 || !(await isHere(transaction, owner))) return;
  const observations = transaction.objectStore("observations");
  const ids = arrived.map(({ row }) => row.change.id).sort();
  const among = IDBKeyRange.bound([owner, ids[0] ?? ""], [owner, ids.at(-1) ?? ""]);
  const known = new Map((await observations.getAll(among)).map(({ id, revision }) => [id, revision]));
  const fresh: Observation[] = [];
  for (const { row, result } of arrived) {
    const { change } = row;
    const revision = result.revision ?? 0;
    if (change.op === "delete") await observations.delete([owner, change.id]);
    // A pull may have brought a later state already.
    else if ((known.get(change.id) ?? -1) < revision) fresh.push(observed(owner, change, revision));
  }
  // Of what is new, the latest are enough: a device keeps no more.
  fresh.sort((one, other) => Number(known.has(other.id)) - Number(known.has(one.id)) || other.at - one.at);
  await putAll(observations, fresh.slice(0, Math.max(MOST_KEPT, known.size)));
}

/**
 * “unchanged” arrived long before: another device may have changed or deleted it since, and this one have read past
 * that already. So it reads anew (SYNC-7).
 */
async function readAnew(transaction: Transaction, owner: Uuid, arrived: readonly Answered[]): Promise<void> {
  const doubtful = arrived.filter(({ result }) => result.status === "unchanged").map(({ row }) => row.change.school);
  for (const school of new Set(doubtful)) await transaction.objectStore("meta").delete(`cursor ${owner} ${school}`);
}

/** What arrived leaves the outbox, and what followed it may go in its turn. */
async function leave(transaction: Transaction, arrived: readonly Answered[]): Promise<void> {
  const outbox = transaction.objectStore("outbox");
  for (const { first, last } of runs(arrived.map(({ row }) => row.seq)))
    await outbox.delete(IDBKeyRange.bound(first, last));
  const [one] = arrived;
  if (one === undefined || (await outbox.index("by_follows").count([one.row.owner, 1])) === 0) return;
  for (const { row, result } of arrived) {
    const next = await follower(transaction, row);
    const change = next && { ...next.change, base: result.revision ?? 0 };
    if (next && change) await outbox.put({ ...next, change, follows: 0 });
  }
}

/** Numbers without a gap between them: a row between two of a run is one of them. */
function runs(numbers: readonly number[]): { first: number; last: number }[] {
  const found: { first: number; last: number }[] = [];
  for (const number of [...numbers].sort((one, other) => one - other)) {
    const run = found.at(-1);
    if (run !== undefined && number === run.last + 1) run.last = number;
    else found.push({ first: number, last: number });
  }
  return found;
}

/** Whether a change that was not stored leaves the outbox all the same; else its person is asked. */
async function leavesUnstored(transaction: Transaction, { row, result }: Answered): Promise<boolean> {
  const { status, current, problem } = result;
  if (status === "conflict") await needPerson(transaction, row, { is: "conflict", current });
  if (status !== "rejected") return false;
  if (await replaced(transaction, row)) return true;
  await needPerson(transaction, row, { is: "rejected", problem });
  return false;
}

/**
 * Whether something followed a change that was rejected: the person's last word, which says perhaps what is wanted.
 * It goes in its place; to take back what was never stored, nothing needs to go.
 */
async function replaced(transaction: Transaction, row: Row): Promise<boolean> {
  const next = await follower(transaction, row);
  if (next === undefined) return false;
  const outbox = transaction.objectStore("outbox");
  const change = { ...next.change, base: row.change.base };
  await outbox.delete(next.seq);
  if (change.op === "delete" && neverArrived(row)) await outbox.delete(row.seq);
  else await outbox.put({ ...next, seq: row.seq, tried: row.tried, follows: 0, change });
  return true;
}

async function needPerson(transaction: Transaction, row: Row, why: Why): Promise<void> {
  const next = await follower(transaction, row);
  const { schema, change } = next ?? row;
  const kept: Row = { ...row, schema, change: { ...change, base: row.change.base }, state: "needs_you", why };
  await transaction.objectStore("outbox").put(kept);
  // What followed is the person's last word, and is now in the row above.
  if (next !== undefined) await transaction.objectStore("outbox").delete(next.seq);
}

async function follower(transaction: Transaction, row: Row): Promise<Row | undefined> {
  const rows = await transaction.objectStore("outbox").index("by_observation").getAll([row.owner, row.change.id]);
  const next = rows.find((other) => other.seq > row.seq && (isLater(other) || upgradeRow(other) !== null));
  return next && (upgradeRow(next) ?? next);
}

function observed(account: Uuid, put: Put, revision: number): Observation {
  const { op: _op, base: _base, ...said } = put;
  return { ...said, account, revision, at: Date.parse(put.observed_at) };
}

function setAside(row: Row): Row {
  return { ...row, state: "needs_you", why: { is: "unreadable" } };
}
