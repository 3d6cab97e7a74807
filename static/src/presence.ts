import { type Transaction, write } from "./database";
import { fact, isHere } from "./facts";
import { forget } from "./kept";
import { call } from "./link";
import type { Session, Uuid } from "./wire";

// Who is signed in on this device. Several pages and the worker change it, so each change is one transaction.

/** Who is signed in and may send; null when nobody is, or while it is in doubt. */
export async function whoIsHere(): Promise<Uuid | null> {
  const [session, signedIn] = await Promise.all([fact("session"), fact("signed_in")]);
  return signedIn === true && session !== undefined ? session.account : null;
}

/** How often somebody left this device; asked before the server is, so that an answer from before is known. */
export async function farewells(): Promise<number> {
  return (await fact("farewells")) ?? 0;
}

/** The server says who is signed in; false when somebody left this device since it was asked. */
export async function welcome(session: Session, asked: number): Promise<boolean> {
  return write(["observations", "setup", "seen", "meta"], async (transaction) => {
    const meta = transaction.objectStore("meta");
    if (((await meta.get("farewells")) ?? 0) !== asked) return false;
    const before = (await meta.get("session")) as Session | undefined;
    // A phone may be shared: nobody reads here what was read for somebody else.
    if (before !== undefined && before.account !== session.account) await forget(transaction, before.account);
    await meta.put(session, "session");
    await meta.put(true, "signed_in");
    await meta.put(false, "closed");
    return true;
  });
}

/** The server did not take this account for signed in; says nothing of who came since. */
export async function doubt(account: Uuid | undefined, problem: string | null): Promise<void> {
  await write(["meta"], async (transaction) => {
    if (account === undefined || !(await isHere(transaction, account))) return;
    const meta = transaction.objectStore("meta");
    await meta.put(false, "signed_in");
    await meta.put(problem === "account-closed", "closed");
  });
}

/**
 * This person leaves the device: all that was read for them goes, what is unsent stays (SYNC-6). The server has yet to be
 * told (`ended`).
 */
export async function farewell(account: Uuid): Promise<void> {
  await write(["observations", "setup", "seen", "meta"], async (transaction) => {
    const meta = transaction.objectStore("meta");
    await forget(transaction, account);
    const before = (await meta.get("session")) as Session | undefined;
    if (before !== undefined) await forget(transaction, before.account);
    await meta.put(false, "signed_in");
    await meta.put((((await meta.get("farewells")) as number | undefined) ?? 0) + 1, "farewells");
    await meta.put(account, "ending");
    await meta.delete("session");
  });
}

const ENDING = "listen-in-ending";

/**
 * Ends at the server the sign-in of who left this device while it could not be told. False while it still cannot: the
 * cookie is theirs then, and nothing may be asked with it.
 */
export async function ended(): Promise<boolean> {
  // One at a time: an answer that comes late must not take away the cookie of who signed in meanwhile.
  return navigator.locks.request(ENDING, async () => {
    const account = await fact("ending");
    if (account === undefined) return true;
    const { status, problem } = await call("DELETE", `/api/v1/session?account=${account}`);
    // Over already, or replaced by another’s; but a proxy that asks for a password knows neither.
    const over = status === 204 || (problem !== null && (status === 401 || status === 409));
    if (over) await write(["meta"], (transaction) => noLongerEnding(transaction, account));
    return over;
  });
}

async function noLongerEnding(transaction: Transaction, account: Uuid): Promise<void> {
  const meta = transaction.objectStore("meta");
  // Somebody else may have left meanwhile.
  if ((await meta.get("ending")) === account) await meta.delete("ending");
}
