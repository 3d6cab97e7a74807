import { type KeptSetup, type Observation, type Row, reach, rowsOf, type Transaction, write } from "./database";
import { isHere } from "./facts";
import type { Said } from "./outbox";
import type { Current, Feed, FeedItem, Put, SchoolOfMine, Setup, Uuid } from "./wire";

/** How many of a person's own observations a device keeps, per account. */
export const MOST_KEPT = 200;

/** A person's own observation as this device shows it: what the server holds, and over it what is still unsent. */
export interface OwnListen extends Omit<Put, "op" | "base"> {
  /** What the server's state is at, or null when it never heard of it. */
  revision: number | null;
  at: number;
  sent: boolean;
}

/** Keeps what a phone needs offline in one school; nothing of who is not here any more. */
export async function keepSetup(account: Uuid, school: SchoolOfMine, setup: Setup, now: number): Promise<void> {
  const kept: KeptSetup = { ...setup, account, school: school.id, name: school.name, read_at: now };
  await write(["setup", "meta"], async (transaction) => {
    if (await isHere(transaction, account)) await transaction.objectStore("setup").put(kept);
  });
}

/** The setup kept for this person, school by school, by name. */
export async function setups(account: Uuid): Promise<KeptSetup[]> {
  const kept = await reach((database) => database.getAll("setup", ofPerson(account)));
  return kept.sort((one, other) => one.name.localeCompare(other.name));
}

/**
 * Forgets setup and map of the schools in which this person no longer records. The names of places stay where
 * something that was heard there is still unsent, so that its person can tell what it is.
 */
export async function forgetOtherSchools(account: Uuid, schools: readonly SchoolOfMine[]): Promise<void> {
  await write(["setup", "seen", "outbox"], async (transaction) => {
    const [setup, seen] = [transaction.objectStore("setup"), transaction.objectStore("seen")];
    const range = ofPerson(account);
    const isGone = ({ school }: { school: Uuid }): boolean => !schools.some(({ id }) => id === school);
    const left = (await setup.getAll(range)).filter(isGone);
    const unsent = left.length === 0 ? [] : await rowsOf(transaction.objectStore("outbox"), account);
    for (const { school } of left)
      if (!unsent.some(({ change }) => change?.school === school)) await setup.delete([account, school]);
    for (const gone of (await seen.getAll(range)).filter(isGone)) await seen.delete([account, gone.what]);
  });
}

/**
 * Keeps a page of the feed and where it was read to, both or neither. Only own observations are kept, as above. What
 * is read from nothing replaces what was known: a deletion may be so long ago that nobody tells it any more.
 */
export async function keepFeed(account: Uuid, school: Uuid, feed: Feed, anew: boolean): Promise<void> {
  await write(["observations", "meta"], async (transaction) => {
    if (!(await isHere(transaction, account))) return;
    const observations = transaction.objectStore("observations");
    const known = anew ? await observations.getAll(ofPerson(account)) : [];
    const old = known.filter((each) => each.school === school);
    for (const { id } of old) await observations.delete([account, id]);
    for (const item of feed.changes) {
      if (item.op === "delete") await observations.delete([account, item.id]);
      else if (item.mine === true) await observations.put(observation(account, school, item));
    }
    await transaction.objectStore("meta").put(feed.cursor, `cursor ${account} ${school}`);
  });
}

/** Lets go of the oldest observations beyond what a device keeps. */
export async function tidy(account: Uuid): Promise<void> {
  await write(["observations"], async (transaction) => {
    const store = transaction.objectStore("observations");
    const tooMany = (await store.count(ofPerson(account))) - MOST_KEPT;
    if (tooMany <= 0) return;
    const oldest = await store.index("by_time").getAllKeys(ofPerson(account), tooMany);
    // One by one: thousands at once would keep a slow phone from answering.
    for (const key of oldest) await store.delete(key);
  });
}

/** Forgets all that was read for a person. What is unsent stays (SYNC-6). */
export async function forget(transaction: Transaction, account: Uuid): Promise<void> {
  const range = ofPerson(account);
  for (const store of ["observations", "setup", "seen"] as const) await transaction.objectStore(store).delete(range);
  for (const key of await transaction.objectStore("meta").getAllKeys()) {
    if (key.includes(account)) await transaction.objectStore("meta").delete(key);
  }
}

/** A person's own observations, the latest first, as they will be once all is sent. */
export async function ownListens(account: Uuid, most: number): Promise<OwnListen[]> {
  const { stored, rows } = await reach(async (database) => {
    const transaction = database.transaction(["observations", "outbox"]);
    return {
      // A device keeps few enough that reading them all takes less than reading some one by one.
      stored: (await transaction.objectStore("observations").index("by_time").getAll(ofPerson(account))).slice(-most),
      rows: await rowsOf(transaction.objectStore("outbox"), account),
    };
  });
  return overlaid(stored, rows).slice(0, most);
}

/** One of a person's own observations, or null if this device does not know it. */
export async function ownListen(account: Uuid, id: Uuid): Promise<OwnListen | null> {
  const { stored, rows } = await reach(async (database) => ({
    stored: await database.get("observations", [account, id]),
    rows: await database.getAllFromIndex("outbox", "by_observation", [account, id]),
  }));
  return overlaid(stored === undefined ? [] : [stored], rows)[0] ?? null;
}

function ofPerson(account: Uuid): IDBKeyRange {
  return IDBKeyRange.bound([account], [account, []]);
}

function overlaid(stored: readonly Observation[], rows: readonly Row[]): OwnListen[] {
  const listens = new Map<Uuid, OwnListen>();
  for (const { account: _account, ...known } of stored) listens.set(known.id, { ...known, sent: true });
  for (const { change, state } of [...rows].sort((one, other) => one.seq - other.seq)) {
    // A deletion that needs its person has not happened.
    if (change?.op === "delete") state === "waiting" && listens.delete(change.id);
    else if (typeof change?.observed_at === "string") {
      const { op: _op, base, ...said } = change;
      // Where it began, and not what was read since: who mends it has not seen that.
      listens.set(change.id, { ...said, revision: base, at: Date.parse(change.observed_at), sent: false });
    }
  }
  // Ids grow with time: of two heard in the same second, the one saved last comes first.
  return [...listens.values()].sort((one, other) => other.at - one.at || (one.id < other.id ? 1 : -1));
}

function observation(account: Uuid, school: Uuid, item: FeedItem): Observation {
  const said = saidBy(item);
  return { ...said, account, id: item.id, school, revision: item.revision, at: Date.parse(said.observed_at) };
}

/** What the server says of an observation that is there, and nothing that a later release says besides. */
export function saidBy(current: Current): Said {
  const { place = "", setting = "other", heard = [], observed_at = "" } = current;
  const { group_size = null, note = null, walkthrough = null } = current;
  return { place, setting, heard, observed_at, group_size, note, walkthrough };
}
