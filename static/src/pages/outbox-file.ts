import type { Row } from "../database";
import { instant } from "../instants";
import { setups } from "../kept";
import { all } from "../outbox";
import { upgradeRow } from "../rows";
import type { Uuid } from "../wire";

/**
 * Keeps what waits as a file on this phone, the last resort: only what is this person's own (SYNC-5), notes and all.
 * Nothing leaves the outbox because of it.
 *
 * @param rows those to be kept; all of this person, if it is left out
 */
export async function keepAsFile(account: Uuid, rows?: readonly Row[]): Promise<void> {
  const kept = rows ?? (await all(account));
  const known = await setups(account);
  const changes = kept.flatMap((row) => {
    const risen = upgradeRow(row);
    if (risen === null) return [];
    const { change, saved_at, state, why } = risen;
    const school = known.find((each) => each.school === change.school);
    const place = change.op === "put" ? school?.places.find(({ id }) => id === change.place) : null;
    const names = { place_name: place?.name ?? null, school_name: school?.name ?? null };
    return { ...change, saved_at: instant(saved_at), state, why, ...names };
  });
  const now = instant(Date.now());
  const unreadable = kept.filter((row) => upgradeRow(row) === null);
  const file = { format: "listen-in-outbox", version: 1, saved_at: now, account, changes, unreadable };
  download(`listen-in-unsent-${now.slice(0, 10)}.json`, JSON.stringify(file, null, 2));
}

function download(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  // Safari reads it only after the click has been handled.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
