import { fact, learn } from "./facts";
import { ownListens } from "./kept";
import type { Uuid } from "./wire";

const MOST = 12;

/** How many of the last listen-ins are asked where they were heard. */
const ASKED = 20;

/**
 * The places of this person, the last one first: those chosen on this phone, then those of the last listen-ins. A
 * phone that was signed in on a moment ago knows only these, and has a place chosen all the same.
 */
export async function lately(account: Uuid, school: Uuid): Promise<Uuid[]> {
  const chosen = (await fact(`places ${account} ${school}`)) ?? [];
  const heard = (await ownListens(account, ASKED)).filter((listen) => listen.school === school);
  return [...new Set([...chosen, ...heard.map((listen) => listen.place)])].slice(0, MOST);
}

/** Remembers that a place was chosen. */
export async function noteChosen(account: Uuid, school: Uuid, place: Uuid): Promise<void> {
  const others = ((await fact(`places ${account} ${school}`)) ?? []).filter((id) => id !== place);
  await learn(`places ${account} ${school}`, [place, ...others].slice(0, MOST));
}
