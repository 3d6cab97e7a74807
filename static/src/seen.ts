import { reach, type Seen } from "./database";
import { mayRecord } from "./pull";
import type { Session } from "./wire";

/**
 * Keeps what a person was just shown, instead of what they saw before. False while the server has not said yet that
 * this person is signed in here: somebody may be leaving this phone, and nothing may stay of them.
 */
export async function keepSeen(seen: Seen): Promise<boolean> {
  return reach(async (database) => {
    const transaction = database.transaction(["seen", "meta"], "readwrite");
    const meta = transaction.objectStore("meta");
    const [session, signedIn] = await Promise.all([meta.get("session"), meta.get("signed_in")]);
    const here = signedIn === true && maySee(session as Session | undefined, seen);
    if (here) await transaction.objectStore("seen").put(seen);
    await transaction.done;
    return here;
  });
}

/** What this phone may show of the map without a network: to whom, or why not. */
export type Kept = { is: "seen"; seen: Seen } | { is: "never" } | { is: "signed-out" };

/** What was last seen of the map, for who is signed in on this phone and may see it still. */
export async function lastSeen(what: Seen["what"]): Promise<Kept> {
  return reach(async (database) => {
    const transaction = database.transaction(["seen", "meta"]);
    const meta = transaction.objectStore("meta");
    const [session, signedIn] = await Promise.all([meta.get("session"), meta.get("signed_in")]);
    // The whole school's, not one's own as the last listen-ins are: a sign-in that ended elsewhere ends this too.
    if (session === undefined || signedIn !== true) return { is: "signed-out" };
    const seen = await transaction.objectStore("seen").get([(session as Session).account, what]);
    return seen !== undefined && maySee(session as Session, seen) ? { is: "seen", seen } : { is: "never" };
  });
}

/** Whoever records in a school sees its map; and only of that school (webapp/schools/permissions.py). */
function maySee(session: Session | undefined, seen: Seen): boolean {
  const ofSchool = session?.schools.find(({ id }) => id === seen.school);
  return session?.account === seen.account && ofSchool !== undefined && mayRecord(ofSchool);
}
