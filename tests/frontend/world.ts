import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { close } from "../../static/src/database";
import { learn } from "../../static/src/facts";
import { newId } from "../../static/src/ids";
import { add } from "../../static/src/outbox";
import type { Put, Result, SyncCall } from "../../static/src/wire";

export const SCHOOL = "01936b5e-7c00-7000-8000-00000000000a";
export const PLACE = "01936b5e-7c00-7000-8000-00000000000b";
export const COACH = "01936b5e-7c00-7000-8000-0000000000c0";
export const NEIGHBOUR = "01936b5e-7c00-7000-8000-0000000000d0";
export const NOON = Date.UTC(2026, 10, 24, 12);

/** A new listen-in. */
export function listen(more: Partial<Put> = {}): Put {
  return {
    op: "put",
    id: newId(),
    school: SCHOOL,
    base: null,
    place: PLACE,
    setting: "passing",
    heard: ["evidence"],
    observed_at: "2026-11-24T12:00:00+00:00",
    group_size: null,
    note: null,
    walkthrough: null,
    ...more,
  };
}

/** A device on which this app never was. */
export async function emptyDevice(): Promise<void> {
  await close();
  Object.assign(globalThis, { indexedDB: new IDBFactory(), BroadcastChannel: Silence });
  Object.defineProperty(globalThis, "navigator", { value: { locks: new Locks() }, configurable: true });
}

/** An empty device on which the coach is signed in. */
export async function freshDevice(): Promise<void> {
  await emptyDevice();
  await learn("session", { account: COACH, name: "Coach", schools: [] });
  await learn("signed_in", true);
}

/** Records so many, all new; their ids. */
export async function save(count: number, owner: string = COACH): Promise<string[]> {
  const said = Array.from({ length: count }, () => listen());
  for (const change of said) await add(owner, change, NOON);
  return said.map((change) => change.id);
}

/** A server that answers as it is told, call by call, and remembers the calls. */
export class Server {
  readonly calls: SyncCall[] = [];
  readonly #answers: ((call: SyncCall) => Response | Promise<Response>)[] = [];

  constructor() {
    globalThis.fetch = async (_address, how) => {
      const call = JSON.parse(String(how?.body)) as SyncCall;
      this.calls.push(call);
      return (this.#answers.shift() ?? applied)(call);
    };
  }

  /** What to answer to the next calls; after those, everything is applied. */
  answers(...answers: ((call: SyncCall) => Response | Promise<Response>)[]): this {
    this.#answers.push(...answers);
    return this;
  }

  get ids(): string[] {
    return this.calls.flatMap((call) => call.changes.map((change) => change.id));
  }
}

let revision = 0;

/** Every change of the call is stored. */
export function applied(call: SyncCall): Response {
  return results(
    call.changes.map(({ id }) => ({ id, status: "applied", revision: ++revision, problem: null, current: null })),
  );
}

export function results(some: Result[]): Response {
  return Response.json({ clock: new Date().toISOString(), results: some });
}

/** An answer with this status; with a `kind` it is a problem of ours, else a page of somebody's. */
export function status(code: number, kind?: string, headers: Record<string, string> = {}): () => Response {
  if (kind === undefined)
    return () => new Response("<h1>Hello</h1>", { status: code, headers: { "Content-Type": "text/html", ...headers } });
  const body = JSON.stringify({ type: `/problems/${kind}`, status: code });
  return () =>
    new Response(body, { status: code, headers: { "Content-Type": "application/problem+json", ...headers } });
}

/** No answer at all. */
export function lost(): Promise<Response> {
  return Promise.reject(new TypeError("Failed to fetch"));
}

/** Web Locks as far as they are used here: one holder a name. */
export class Locks {
  #last: Promise<unknown> = Promise.resolve();

  request<T>(_name: string, work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work, work);
    this.#last = next;
    return next;
  }
}

export class Silence {
  postMessage(): void {}
}
