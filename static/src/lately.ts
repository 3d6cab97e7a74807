import { fact, learn } from "./facts";
import type { Uuid } from "./wire";

const MOST = 12;

/** The places that this person chose lately on this phone, the last one first. */
export async function lately(account: Uuid, school: Uuid): Promise<Uuid[]> {
  return (await fact(`places ${account} ${school}`)) ?? [];
}

/** Remembers that a place was chosen. */
export async function noteChosen(account: Uuid, school: Uuid, place: Uuid): Promise<void> {
  const others = (await lately(account, school)).filter((id) => id !== place);
  await learn(`places ${account} ${school}`, [place, ...others].slice(0, MOST));
}
