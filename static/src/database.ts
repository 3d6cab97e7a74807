import {
  type DBSchema,
  type IDBPDatabase,
  type IDBPTransaction,
  type OpenDBCallbacks,
  openDB,
  type StoreNames,
} from "idb";
import { upgradeRow } from "./rows";
import type { Change, Current, FieldProblem, GroupSize, Session, Setting, Setup, Trait, Uuid } from "./wire";

/** Why a change needs its person. */
export type Why =
  | { is: "rejected"; problem: FieldProblem | null }
  | { is: "conflict"; current: Current | null }
  /** The server refused the call because of this change, and did not say more. */
  | { is: "refused" }
  | { is: "unreadable" };

/** One change still to be sent. */
export interface Row {
  /** The order in which changes were saved; given by the database. */
  seq: number;
  schema: number;
  owner: Uuid;
  change: Change;
  /** Milliseconds since 1970, by this phone's clock. */
  saved_at: number;
  /** How often it was put on its way; 0 means it surely never left the phone. */
  tried: number;
  /** 1 while an earlier change of the same observation is not settled: only then is the base known. Else 0. */
  follows: 0 | 1;
  state: "waiting" | "needs_you";
  why: Why | null;
}

/** One observation of a person, as the server holds it. */
export interface Observation {
  account: Uuid;
  id: Uuid;
  school: Uuid;
  revision: number;
  place: Uuid;
  setting: Setting;
  heard: Trait[];
  observed_at: string;
  /** `observed_at` in milliseconds, to sort by. */
  at: number;
  group_size: GroupSize | null;
  note: string | null;
  walkthrough: Uuid | null;
}

/** All that a phone needs offline for one person in one school. */
export interface KeptSetup extends Setup {
  account: Uuid;
  school: Uuid;
  name: string;
  /** Milliseconds since 1970. */
  read_at: number;
}

/** What a person was shown last of a page that this phone cannot draw by itself. */
export interface Seen {
  account: Uuid;
  what: "heatmap";
  school: Uuid;
  /** Milliseconds since 1970. */
  read_at: number;
  /** Frozen (frozen.ts), and unknown until it is sifted again. */
  page: unknown;
  title: string;
}

/** No call before `until` (milliseconds since 1970), after `tries` failures in a row. */
export interface Pause {
  tries: number;
  until: number;
  /** Whether the last failure was the server's own answer; if not, there was perhaps only no network. */
  answered: boolean;
  /** Which schema the server does not read, if that is why: another release need not wait. */
  refused?: { schema: number; tooOld: boolean };
}

/** Facts of which there is one. */
export interface Meta {
  device: Uuid;
  /** Who signed in last on this device. */
  session: Session;
  /** False once the server said that nobody is signed in, or while that is in doubt. */
  signed_in: boolean;
  /** Whether the last 401 said that the account is closed. */
  closed: boolean;
  /** How often somebody signed out on this device. */
  farewells: number;
  /** Who left this device while the server could not be told; their sign-in lives on there until it is. */
  ending: Uuid;
  /** This phone's clock minus the server's, in milliseconds. */
  skew: number;
  pause: Pause;
  language: string;
  /** Per account and school: where the feed was read to. */
  [cursor: `cursor ${string} ${string}`]: string | number;
  /** Per account and school: the places chosen lately, the last one first. */
  [places: `places ${string} ${string}`]: Uuid[];
}

interface Stores extends DBSchema {
  outbox: {
    key: number;
    value: Row;
    indexes: { by_owner: [Uuid, string, number]; by_observation: [Uuid, Uuid]; by_follows: [Uuid, 0 | 1] };
  };
  observations: { key: [Uuid, Uuid]; value: Observation; indexes: { by_time: [Uuid, number] } };
  setup: { key: [Uuid, Uuid]; value: KeptSetup };
  meta: { key: string; value: Meta[keyof Meta] };
  seen: { key: [Uuid, string]; value: Seen };
}

export type Database = IDBPDatabase<Stores>;
export type Store = StoreNames<Stores>;
export type Transaction = IDBPTransaction<Stores, Store[], "readwrite">;
type Upgrade = IDBPTransaction<Stores, Store[], "versionchange">;

const NAME = "listen-in";
const VERSION = 2;

let opened: Promise<Database> | null = null;

/**
 * Does something with the database. A connection that died under us is opened anew and the work done again, so
 * `work` must be one transaction, or harmless when repeated (WebKit closes connections of sleeping pages).
 *
 * @throws whatever `work` throws the second time; `isFull` tells whether the disk is the reason
 */
export async function reach<T>(work: (database: Database) => Promise<T>): Promise<T> {
  try {
    return await work(await open());
  } catch (error) {
    if (isFull(error)) throw error;
    await close();
    return work(await open());
  }
}

/**
 * Writes in one transaction, decided by what stands there at that moment, whatever other pages and the worker do; when
 * it returns, that is on disk (SYNC-1).
 *
 * @throws as `reach`
 */
export function write<T>(stores: Store[], work: (transaction: Transaction) => Promise<T>): Promise<T> {
  return reach(async (database) => {
    const transaction = database.transaction(stores, "readwrite", { durability: "strict" });
    const result = await work(transaction);
    await transaction.done;
    return result;
  });
}

/** Whether an error says that this device has no room left. */
export function isFull(error: unknown): boolean {
  return error instanceof DOMException && error.name === "QuotaExceededError";
}

/** How many rows are read or written at a time, so that a slow phone can answer a tap in between. */
const PART = 50;

/** Puts things into a store, part by part. */
export async function putAll<T>(store: { put(thing: T): Promise<unknown> }, things: readonly T[]): Promise<void> {
  for (let from = 0; from < things.length; from += PART)
    await Promise.all(things.slice(from, from + PART).map((thing) => store.put(thing)));
}

/** All rows of one person, part by part: those that wait last, each in the order in which they were saved. */
export async function rowsOf(outbox: RowsByOwner, owner: Uuid): Promise<Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const last = rows.at(-1);
    const after = last === undefined ? [owner] : [owner, last.state, last.seq];
    const part = await outbox.index("by_owner").getAll(IDBKeyRange.bound(after, [owner, []], rows.length > 0), PART);
    rows.push(...part);
    if (part.length < PART) return rows;
  }
}

interface RowsByOwner {
  index(name: "by_owner"): { getAll(range: IDBKeyRange, most: number): Promise<Row[]> };
}

/** Lets go of the database; the next `reach` opens it anew. */
export async function close(): Promise<void> {
  const last = opened;
  opened = null;
  // A connection that never opened needs no closing.
  await last?.then(
    (database) => database.close(),
    () => undefined,
  );
}

function open(): Promise<Database> {
  opened ??= openDB<Stores>(NAME, VERSION, rules).catch((error: unknown) => {
    // A page of a later release was here. A release only ever adds to the database, so this one goes on with it.
    if (error instanceof DOMException && error.name === "VersionError") return openDB<Stores>(NAME, undefined, rules);
    throw error;
  });
  return opened;
}

const rules: OpenDBCallbacks<Stores> = {
  async upgrade(database, from, _to, transaction) {
    if (from < 1) makeFirst(database);
    if (from < 2) await makeSecond(database, transaction);
  },
  // A newer page wants to change the shape of the database: do not stand in its way. `reach` opens it anew.
  blocking: (_is, _wanted, { target }) => (target as IDBDatabase).close(),
};

function makeFirst(database: Database): void {
  const outbox = database.createObjectStore("outbox", { keyPath: "seq", autoIncrement: true });
  outbox.createIndex("by_owner", ["owner", "state", "seq"]);
  outbox.createIndex("by_observation", ["owner", "change.id"]);
  const observations = database.createObjectStore("observations", { keyPath: ["account", "id"] });
  observations.createIndex("by_time", ["account", "at"]);
  database.createObjectStore("setup", { keyPath: ["account", "school"] });
  database.createObjectStore("meta");
}

async function makeSecond(database: Database, transaction: Upgrade): Promise<void> {
  database.createObjectStore("seen", { keyPath: ["account", "what"] });
  const outbox = transaction.objectStore("outbox");
  outbox.createIndex("by_follows", ["owner", "follows"]);
  // The index needs rows of today's shape. What cannot be read stays as it is.
  for (const row of await outbox.getAll()) await outbox.put(upgradeRow(row) ?? row);
}
