import { reach } from "../database";
import { theirs } from "../rows";
import type { Current, Uuid } from "../wire";
import { clock, say, words } from "../words";

/** What the server holds of an observation that is in conflict; null when it is not. */
export async function inConflict(owner: Uuid, id: Uuid): Promise<Current | null> {
  const rows = await reach((database) => database.getAllFromIndex("outbox", "by_observation", [owner, id]));
  return rows.map(theirs).at(-1) ?? null;
}

/** Says what the server holds beside the form that would replace it; nothing when there is no conflict. */
export function sayConflict(note: Element | null, current: Current | null, nameOf: (place: Uuid) => string): void {
  note?.toggleAttribute("hidden", current === null);
  if (current !== null) note?.querySelector("p")?.replaceChildren(sentence(current, nameOf));
}

function sentence(current: Current, nameOf: (place: Uuid) => string): string {
  const { record, traits } = words();
  if (current.op === "delete") return record.conflict_deleted;
  const heard = (current.heard ?? []).map((trait) => traits[trait] ?? trait).join(" · ") || record.none;
  const when = clock(Date.parse(current.observed_at ?? ""));
  return say(record.conflict, { place: nameOf(current.place ?? ""), when, heard });
}
