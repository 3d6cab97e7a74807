import { write } from "./database";
import { fact, isHere } from "./facts";
import { forget } from "./kept";
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

/** This person leaves the device: all that was read for them goes, what is unsent stays (SYNC-6). */
export async function farewell(account: Uuid): Promise<void> {
  await write(["observations", "setup", "seen", "meta"], async (transaction) => {
    const meta = transaction.objectStore("meta");
    await forget(transaction, account);
    await meta.put(false, "signed_in");
    await meta.put((((await meta.get("farewells")) as number | undefined) ?? 0) + 1, "farewells");
    await meta.delete("session");
  });
}
