import type { KeptSetup, Row } from "../database";
import { type OwnListen, saidBy } from "../kept";
import type { Said } from "../outbox";
import { isLater, theirs, upgradeRow } from "../rows";
import type { Current } from "../wire";
import { clock, say, words } from "../words";
import type { Why } from "./outbox-why";
import { filedAt } from "./record-when";

/** What a person can do with a change that needs them. */
export type Action = "keep" | "delete" | "theirs" | "let-go" | "mend" | "again" | "file" | "discard";

/** What must be known to tell a row in words. */
export interface Around {
  /** Its school, where this phone knows it, and whether the person knows several. */
  school: KeptSetup | undefined;
  several: boolean;
  /** This phone's clock minus the server's, in milliseconds. */
  skew: number;
  /** Why the others of this person wait. */
  why: Why;
  /** What was said of an observation before it was to be deleted. */
  before: Said | null;
}

/** A change as its person reads it: what was heard, since when it waits and why, and what can be done. */
export function drawnRow(row: Row, around: Around, act: (action: Action) => void): DocumentFragment {
  const copy = template("[data-row]");
  const said = saidIn(row, around);
  const place = placeName(said, around);
  fill(copy, "[data-place]", place);
  show(copy, "[data-deletion]", row.change?.op === "delete");
  fill(copy, "[data-since]", since(row, around));
  if (row.state === "needs_you") drawNeed(copy, row, said, around);
  if (said !== null && theirs(row) === null) drawSaid(copy, said, around);
  for (const action of row.state === "needs_you" ? actions(row) : []) {
    const button = copy.querySelector(`[data-do="${action}"]`) as HTMLElement;
    button.hidden = false;
    // The same words stand in every row: each says of which listen-in.
    button.ariaLabel = `${button.textContent}: ${place}`;
    if (action === "mend") (button as HTMLAnchorElement).href = `/record/${row.change.id}`;
    else button.addEventListener("click", () => act(action));
  }
  (copy.querySelector("li") as HTMLElement).dataset["seq"] = String(row.seq);
  return copy;
}

/** What the server holds of an observation, as this device would; null once it is deleted. */
export function listenOf({ change }: Row, current: Current): OwnListen | null {
  if (current.op === "delete") return null;
  const { id, school } = change;
  const said = saidBy(current);
  return { ...said, id, school, revision: current.revision, at: Date.parse(said.observed_at), sent: true };
}

function saidIn(row: Row, { before }: Around): Said | null {
  const change = upgradeRow(row)?.change;
  return change?.op === "delete" ? before : (change ?? null);
}

function drawSaid(copy: DocumentFragment, said: Said, around: Around): void {
  const { outbox, settings } = words();
  const school = around.several ? around.school?.name : undefined;
  const about = [
    school,
    settings[said.setting],
    say(outbox.heard_at, { time: timeOf(Date.parse(said.observed_at), around) }),
  ];
  fill(copy, "[data-about]", about.filter((part) => part !== undefined).join(" · "));
  fill(copy, "[data-heard]", traits(said, null));
}

function since(row: Row, around: Around): string {
  const { saved_at, row: waits } = words().outbox;
  const saved = say(saved_at, { time: timeOf(row.saved_at, around) });
  if (row.state === "needs_you") return saved;
  return `${saved} · ${waits[row.follows ? "follows" : isLater(row) ? "update" : around.why]}`;
}

/** Says what is wrong, and where two versions differ shows both. */
function drawNeed(copy: DocumentFragment, row: Row, said: Said | null, around: Around): void {
  copy.querySelector("li")?.classList.add("needs-you");
  fill(copy, "[data-reason]", reason(row));
  const current = theirs(row);
  show(copy, "[data-versions]", current !== null);
  if (current === null) return;
  const mine = row.change.op === "put" ? said : null;
  const other = current.op === "put" ? saidBy(current) : null;
  drawVersion(copy.querySelector("[data-mine]"), mine, other, around);
  drawVersion(copy.querySelector("[data-theirs]"), other, mine, around);
}

function reason({ change, why }: Row): string {
  const { outbox, fields } = words();
  if (why?.is === "conflict" && change.op === "delete") return outbox.conflict_deletion;
  if (why?.is === "conflict") return why.current?.op === "delete" ? outbox.conflict_deleted : outbox.conflict;
  if (why?.is !== "rejected") return why?.is === "refused" ? outbox.refused : outbox.unreadable;
  const { field, detail } = why.problem ?? { field: null, detail: "" };
  if (field === "school") return outbox.rejected_school;
  const named = fields[field ?? ""];
  return say(outbox.rejected, { why: named ? `${named}: ${detail}` : detail });
}

function actions({ change, why }: Row): Action[] {
  if (why?.is === "unreadable") return ["file", "discard"];
  if (why?.is === "conflict" && change.op === "delete") return ["delete", "theirs"];
  if (why?.is === "conflict")
    return why.current?.op === "delete" ? ["keep", "let-go", "file"] : ["keep", "theirs", "mend", "file"];
  if (change.op === "delete") return ["again", "discard"];
  // What is wrong with a school cannot be mended on the form.
  const ofSchool = why?.is === "rejected" && why.problem?.field === "school";
  return ofSchool ? ["again", "file", "discard"] : ["mend", "again", "file", "discard"];
}

/** One version, fact by fact, and in which facts it differs from the other; that there is none stands there already. */
function drawVersion(section: Element | null, said: Said | null, other: Said | null, around: Around): void {
  if (said === null) return;
  const [here, there] = [facts(said, around), other && facts(other, around)];
  const list = document.createElement("dl");
  for (const [name, value] of Object.entries(here)) {
    if (value === "" && !there?.[name]) continue;
    const copy = template("[data-fact]");
    fill(copy, "[data-name]", words().fields[name] ?? name);
    show(copy, "[data-differs]", there !== null && there[name] !== value);
    fill(copy, "dd", name === "heard" ? traits(said, other) : value || "–");
    list.append(copy);
  }
  section?.querySelector("[data-gone]")?.replaceWith(list);
}

function facts(said: Said, around: Around): Record<string, string> {
  const { settings, sizes } = words();
  return {
    place: placeName(said, around),
    setting: settings[said.setting] ?? "",
    heard: [...said.heard].sort().join() || "–",
    observed_at: timeOf(Date.parse(said.observed_at), around),
    group_size: sizes[said.group_size ?? ""] ?? "",
    note: said.note ?? "",
  };
}

/** What was heard, each with its drawing; what the other version does not have is marked. */
function traits({ heard }: Said, other: Said | null): Node | string {
  if (heard.length === 0) return words().outbox.none;
  const all = template("[data-traits]");
  for (const each of all.querySelectorAll<HTMLElement>("[data-trait]")) {
    const is = (said: Said["heard"]): boolean => said.some((trait) => trait === each.dataset["trait"]);
    if (!is(heard)) each.remove();
    else show(each, "[data-differs]", other !== null && !is(other.heard));
  }
  return all;
}

function placeName(said: Said | null, { school }: Around): string {
  return school?.places.find(({ id }) => id === said?.place)?.name ?? words().outbox.listen;
}

/** A time of this phone’s clock, put right and in the zone of the school; said to be that where the phone is in another. */
function timeOf(at: number, { school, skew }: Around): string {
  const [right, now] = [filedAt(at, skew), filedAt(Date.now(), skew)];
  const time = clock(right, now, school?.timezone);
  return time === clock(right, now) ? time : say(words().outbox.at_school, { time });
}

function template(selector: string): DocumentFragment {
  const found = document.querySelector<HTMLTemplateElement>(`template${selector}`) as HTMLTemplateElement;
  return found.content.cloneNode(true) as DocumentFragment;
}

/** Puts something into a part of the page, or of what will stand in it. */
export function fill(copy: ParentNode, selector: string, what: Node | string): void {
  copy.querySelector(selector)?.replaceChildren(what);
}

/** Shows or hides a part. */
export function show(copy: ParentNode, selector: string, shown: boolean): void {
  copy.querySelector(selector)?.toggleAttribute("hidden", !shown);
}
