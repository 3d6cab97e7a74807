import { reach } from "./database";
import { fact } from "./facts";
import { forget, forgetIn } from "./kept";
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
  const before = await fact("session");
  // A phone may be shared: nobody reads here what was read for somebody else.
  if (before !== undefined && before.account !== session.account) await forget(before.account);
  return reach(async (database) => {
    const { store, done } = database.transaction("meta", "readwrite");
    const still = ((await store.get("farewells")) ?? 0) === asked;
    if (still) {
      await store.put(session, "session");
      await store.put(true, "signed_in");
      await store.put(false, "closed");
    }
    await done;
    return still;
  });
}

/** The server did not take this account for signed in; says nothing of who came since. */
export async function doubt(account: Uuid | undefined, problem: string | null): Promise<void> {
  await reach(async (database) => {
    const { store, done } = database.transaction("meta", "readwrite");
    if (((await store.get("session")) as Session | undefined)?.account === account) {
      await store.put(false, "signed_in");
      await store.put(problem === "account-closed", "closed");
    }
    await done;
  });
}

/** This person leaves the device: all that was read for them goes, what is unsent stays (SYNC-6). */
export async function farewell(account: Uuid): Promise<void> {
  await reach(async (database) => {
    const transaction = database.transaction(["observations", "setup", "seen", "meta"], "readwrite");
    const meta = transaction.objectStore("meta");
    await forgetIn(transaction, account);
    await meta.put(false, "signed_in");
    await meta.put((((await meta.get("farewells")) as number | undefined) ?? 0) + 1, "farewells");
    await meta.delete("session");
    await transaction.done;
  });
}
