import type { KeptSetup } from "../database";
import { fact } from "../facts";
import { setups } from "../kept";
import { standing } from "../outbox";
import { mayRecord, pull } from "../pull";
import type { Session, Uuid } from "../wire";
import { rest } from "./device";

/** No longer than this is the form kept waiting to learn who is signed in. */
const PATIENCE = 2_500;

/**
 * Why there is nobody or nowhere to record; the page has a sentence for each: nobody signed in on this phone, who is
 * signed in records in no school (and perhaps did when something was saved that waits), the phone has not read the
 * places yet, there are none, or the browser keeps nothing.
 */
export type Nothing = "nobody" | "no-school" | "no-school-now" | "no-setup" | "no-place" | "no-storage";

/** Who records, and where one may. */
export interface Here {
  account: Uuid;
  /** What this phone knows of the schools where one records; empty on a page of the server before the first reading. */
  schools: KeptSetup[];
}

/**
 * Who records here: on a page of the server the one it was made for; on the page that knows no one, who signed in
 * last on this device, who may also record while signed out (SYNC-8).
 */
export async function here(page: HTMLElement): Promise<Here | Nothing> {
  const { account } = page.dataset;
  if (account !== undefined) return { account, schools: await recordable(account) };
  // Somebody else may have signed in since: better to ask first than to save under the wrong name.
  if ((await fact("signed_in")) !== true) await Promise.race([pull(), rest(PATIENCE)]);
  const known = await ofThisDevice();
  if (typeof known === "string" && (await pull())) return ofThisDevice();
  return known;
}

/** What this phone knows of the schools in which a person records; of others it may know where unsent things are from. */
export async function recordable(account: Uuid): Promise<KeptSetup[]> {
  const [session, kept] = await Promise.all([fact("session"), setups(account)]);
  return session?.account === account ? kept.filter(({ school }) => recordsIn(session, school)) : kept;
}

function recordsIn(session: Session, school: Uuid): boolean {
  return session.schools.some((each) => each.id === school && mayRecord(each));
}

/** Whether the server has just said that the person who is signed in records in no school. */
export async function mayNotRecord(): Promise<boolean> {
  if (!(await pull())) return false;
  const session = await fact("session");
  return session?.schools.some(mayRecord) === false;
}

async function ofThisDevice(): Promise<Here | Nothing> {
  const session = await fact("session");
  if (session === undefined) return "nobody";
  const { account } = session;
  const schools = await recordable(account);
  const somewhere = schools.some(({ places }) => places.some((place) => !place.archived));
  if (somewhere) return { account, schools };
  if (schools.length > 0) return "no-place";
  if (session.schools.some(mayRecord)) return "no-setup";
  const { waiting, needsYou } = await standing(account);
  return waiting + needsYou > 0 ? "no-school-now" : "no-school";
}
