import type { KeptSetup } from "../database";
import { fact } from "../facts";
import { setups } from "../kept";
import { mayRecord, pull } from "../pull";
import type { Uuid } from "../wire";
import { rest } from "./device";

/** No longer than this is the form kept waiting to learn who is signed in. */
const PATIENCE = 2_500;

/** Why there is nobody or nowhere to record; the page has a sentence for each. */
export type Nothing = "nobody" | "no-school" | "no-place";

/** Who records, and where one may. */
export interface Here {
  account: Uuid;
  /** What this phone knows of the person's schools; empty on a page of the server before the first reading. */
  schools: KeptSetup[];
}

/**
 * Who records here: on a page of the server the one it was made for; on the page that knows no one, who signed in
 * last on this device, who may also record while signed out (SYNC-8).
 *
 * @returns "nobody" when nobody ever signed in, "no-school" when this person records in none, "no-place" when
 * none of the schools has a place yet
 */
export async function here(page: HTMLElement): Promise<Here | Nothing> {
  const { account } = page.dataset;
  if (account !== undefined) return { account, schools: await setups(account) };
  // Somebody else may have signed in since: better to ask first than to save under the wrong name.
  if ((await fact("signed_in")) !== true) await Promise.race([pull(), rest(PATIENCE)]);
  const known = await ofThisDevice();
  if (typeof known === "string" && (await pull())) return ofThisDevice();
  return known;
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
  const schools = await setups(session.account);
  if (schools.length === 0) return "no-school";
  const somewhere = schools.some(({ places }) => places.some((place) => !place.archived));
  return somewhere ? { account: session.account, schools } : "no-place";
}
