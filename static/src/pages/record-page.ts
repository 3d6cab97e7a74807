import { hear, tell } from "../channel";
import { isFull, type KeptSetup } from "../database";
import { fact } from "../facts";
import { type OwnListen, ownListen, setups } from "../kept";
import { lately, noteChosen } from "../lately";
import { add, saysTheSame } from "../outbox";
import { flush } from "../sync";
import { type Done, undo } from "../undo";
import type { Change, Current, Place, Put, Uuid } from "../wire";
import { say, words } from "../words";
import { askForBackgroundSync, askToKeepStorage, idle, noteRoom, seen } from "./device";
import { inConflict, sayConflict } from "./record-conflict";
import type { ListenForm, Missing } from "./record-form";
import { type Here, recordable } from "./record-here";
import { OwnList } from "./record-list";
import { toast } from "./toast";

const NOTHING: Missing = { text: "", field: null };

/** The page on which listen-ins are recorded, mended and deleted, with a network or without. */
export class RecordPage {
  readonly #form: ListenForm;
  readonly #here: Here;
  #school: Uuid;
  #done: Done | null = null;
  #saving = false;
  readonly #list: OwnList;
  #newsWait = false;
  /** Whether the complaint on the page is that something was not chosen yet. */
  #incomplete = false;
  /** What this phone knows of schools, also of those where this person no longer records. */
  #known: KeptSetup[] = [];
  /** The places of this person, the last one first; read when the school was chosen. */
  #lately: Uuid[] = [];

  constructor(form: ListenForm, here: Here) {
    this.#form = form;
    this.#here = here;
    this.#school = form.form.dataset["school"] ?? this.#askedSchool() ?? "";
    this.#list = new OwnList(here.account, {
      placeName: (id) => this.#placeName(id),
      zone: (school) => this.#here.schools.find((each) => each.school === school)?.timezone,
      mend: (listen) => {
        history.pushState(null, "", `/record/${listen.id}`);
        void this.#mend(listen);
      },
      remove: (listen) => void this.#remove(listen),
    });
  }

  /** Shows the form, filled as the address asks, and the last listen-ins below it. */
  async start(): Promise<void> {
    this.#form.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#save();
    });
    this.#form.form.addEventListener("change", () => {
      // Whoever goes on to the next listen-in is done with the last; Undo would be in its way.
      part("[data-toast]")?.removeAttribute("data-shown");
      // What was asked for is chosen: nothing is left to complain of.
      if (this.#incomplete && "op" in this.#form.read(this.#school, Date.now())) this.#complain(NOTHING);
    });
    part("[data-undo]")?.addEventListener("click", () => void this.#undo());
    addEventListener("popstate", () => void this.#route());
    this.#form.skew = (await fact("skew")) ?? 0;
    await this.#useSchool(this.#school);
    this.#offerSchools();
    await this.#route();
    this.#form.form.hidden = false;
    this.#form.reveal();
    hear((news) => {
      if (news === "changed") this.#planNews();
    });
    await seen();
    await this.#takeNews();
  }

  async #save(): Promise<void> {
    // A second tap on Save while the first is being written is the same tap.
    if (this.#saving) return;
    const change = this.#form.read(this.#school, Date.now());
    if (!("op" in change)) return this.#complain(change);
    const { mending } = this.#form;
    this.#saving = true;
    const kept = await this.#keep({ change, before: mending });
    this.#saving = false;
    if (!kept) return;
    toast(mending === null ? words().record.saved : words().record.mended, true);
    if (mending !== null) history.replaceState(null, "", "/record");
    this.#form.dropDraft();
    this.#form.clean(change.place);
    this.#showMending(null);
    // Scrolling and focus ask the browser to lay the page out at once: that can wait until “saved” is seen.
    await seen();
    this.#startOver();
    this.#lately = [change.place, ...this.#lately.filter((id) => id !== change.place)];
    await noteChosen(this.#here.account, change.school, change.place);
  }

  async #remove(listen: OwnListen): Promise<void> {
    const change: Change = { op: "delete", id: listen.id, school: listen.school, base: listen.revision };
    if (!(await this.#keep({ change, before: listen }))) return;
    toast(words().record.deleted, true);
    part("[data-undo]")?.focus();
    if (this.#form.mending?.id === listen.id) history.back();
  }

  async #undo(): Promise<void> {
    const done = this.#done;
    if (done === null) return;
    this.#done = null;
    try {
      await undo(this.#here.account, done, Date.now());
    } catch (error) {
      // Undo stays, to be tried again.
      this.#done = done;
      return this.#complainOf(error);
    }
    void flush("saved");
    toast(words().record.undone, false);
    if (done.before === null && done.change.op === "put") this.#form.put(asListen(done.change), false);
    if (done.change.op === "put") this.#startOver();
    await this.#list.draw();
    // What was deleted stands in the list again, where the person is reading; perhaps under another id.
    if (done.change.op === "delete" && done.before !== null) this.#list.focusDelete(done.before);
  }

  /** Saves a change on this phone and starts sending; false, with the reason said, when it cannot be saved. */
  async #keep(done: Done): Promise<boolean> {
    try {
      await add(this.#here.account, done.change, Date.now(), done.before);
    } catch (error) {
      this.#complainOf(error);
      return false;
    }
    this.#done = done;
    this.#complain(NOTHING);
    // First it is told that it is saved; sending would be in the way of that.
    void seen().then(() => {
      // Sending may wait for another tab that sends; what is saved is shown at once, in all of them.
      tell("changed");
      return Promise.all([flush("saved"), askForBackgroundSync(), askToKeepStorage()]);
    });
    noteRoom("there");
    return true;
  }

  #complainOf(error: unknown): void {
    if (isFull(error)) noteRoom("full");
    this.#complain({ text: isFull(error) ? words().record.full : words().record.failed, field: null });
  }

  #complain({ text, field }: Missing): void {
    this.#incomplete = field !== null;
    part("[data-problem]")?.replaceChildren(text);
    field?.focus();
  }

  /** The next listen-in begins at the top, for thumbs, keyboards and screen readers alike. */
  #startOver(): void {
    scrollTo({ top: 0 });
    this.#form.form.querySelector("summary")?.focus({ preventScroll: true });
  }

  /** Fills the form as the address asks: the observation to be mended, or the place at whose door one stands. */
  async #route(): Promise<void> {
    // What was typed and could not be taken stands in the page, with the reason beside it.
    if (this.#form.form.dataset["kept"] !== undefined) return this.#form.takeOver();
    const id = location.pathname.match(/^\/record\/([0-9a-f-]{36})$/)?.[1];
    if (id === undefined) return this.#begin(new URLSearchParams(location.search));
    const listen = (await ownListen(this.#here.account, id)) ?? this.#form.ofPage(id);
    if (listen !== null) await this.#mend(listen);
    else this.#complain({ text: words().record.unknown, field: null });
  }

  #begin(asked: URLSearchParams): void {
    const [place, setting] = [this.#atDoor(asked.get("place")), asked.get("setting")];
    const shown = this.#form.picker.chosen?.value ?? null;
    this.#form.clean(null);
    [...this.#lately, shown, this.#form.picker.only].some((id) => this.#form.choosePlace(id));
    this.#form.restoreDraft();
    if (place !== null && !this.#form.choosePlace(place))
      this.#complain({ text: this.#notOffered(place), field: null });
    if (setting !== null) this.#form.chooseSetting(setting);
    this.#showMending(null);
  }

  /** The place whose sign this is, or what it is part of by now. */
  #atDoor(id: Uuid | null): Uuid | null {
    return this.#places().find((place) => place.id === id)?.merged_into ?? id;
  }

  #notOffered(place: Uuid): string {
    const { choose_other, archived_place } = words().record;
    const archived = this.#places().find(({ id }) => id === place);
    return archived === undefined ? choose_other : say(archived_place, { place: archived.name });
  }

  async #mend(listen: OwnListen): Promise<void> {
    const current = await inConflict(this.#here.account, listen.id);
    const gone = this.#places().find(
      (place) => place.id === listen.place && this.#form.picker.nameOf(place.id) === null,
    );
    if (gone !== undefined) this.#form.picker.offer(gone);
    // From here on the person has seen what the server holds, and saving goes on from that.
    this.#form.put(current === null ? listen : { ...listen, revision: current.revision }, true);
    this.#sayConflict(current);
    this.#form.restoreDraft();
    this.#showMending(listen);
    this.#startOver();
  }

  #sayConflict(current: Current | null): void {
    sayConflict(part("[data-conflict]"), current, (place) => this.#placeName(place));
  }

  #showMending(listen: OwnListen | null): void {
    if (listen === null) this.#sayConflict(null);
    const sentence = part("[data-mending]");
    if (sentence !== null) sentence.hidden = listen === null;
    const title = listen === null ? words().record.listening : words().record.mending;
    part("h1")?.replaceChildren(title);
    document.title = `${title} · Listen In`;
  }

  /** Takes news once the page has time for it, and news that come close together at once. */
  #planNews(): void {
    if (this.#newsWait) return;
    this.#newsWait = true;
    void idle().then(() => {
      this.#newsWait = false;
      return this.#takeNews();
    });
  }

  async #takeNews(): Promise<void> {
    const now = await fact("session");
    // Over a slow network the page could not wait to learn who signed in: what comes next is theirs.
    if (this.#form.form.dataset["account"] === undefined && now !== undefined && now.account !== this.#here.account) {
      this.#form.handOver(now.account);
      return location.reload();
    }
    this.#here.schools = await recordable(this.#here.account);
    this.#known = await setups(this.#here.account);
    this.#form.skew = (await fact("skew")) ?? 0;
    const { mending } = this.#form;
    const fresh = mending === null ? null : await ownListen(this.#here.account, mending.id);
    // This phone's own earlier change has arrived: the same words, at a later revision.
    if (fresh?.sent === true && mending !== null && saysTheSame(fresh, mending)) this.#form.mending = fresh;
    await this.#list.draw();
  }

  #places(): Place[] {
    return [...this.#here.schools, ...this.#known].flatMap((school) => school.places);
  }

  #placeName(id: Uuid): string {
    return (
      this.#form.picker.nameOf(id) ?? this.#places().find((place) => place.id === id)?.name ?? words().record.gone_place
    );
  }

  /** The school of the place at whose door one stands, else the one asked for, else the first. */
  #askedSchool(): Uuid | undefined {
    const asked = new URLSearchParams(location.search);
    const { schools } = this.#here;
    const ofPlace = schools.find((school) => school.places.some((place) => place.id === asked.get("place")));
    const named = schools.find((school) => school.school === asked.get("school"));
    return (ofPlace ?? named ?? schools[0])?.school;
  }

  async #useSchool(id: Uuid): Promise<void> {
    this.#school = id;
    const setup = this.#here.schools.find((school) => school.school === id);
    this.#form.zone = setup?.timezone;
    this.#lately = await lately(this.#here.account, id);
    // A page of the server has drawn its places already.
    if (setup === undefined || this.#form.form.dataset["school"] !== undefined) return;
    this.#form.picker.fill(setup.places, this.#lately);
    for (const note of this.#form.form.querySelectorAll<HTMLElement>("[data-notes]"))
      note.hidden = setup.notes !== true;
  }

  #offerSchools(): void {
    const choice = this.#form.form.querySelector<HTMLSelectElement>("select[data-schools]");
    const label = choice?.closest<HTMLElement>("label");
    if (choice === null || !label || this.#here.schools.length < 2) return;
    choice.replaceChildren(
      ...this.#here.schools.map(({ name, school }) => new Option(name, school, false, school === this.#school)),
    );
    choice.addEventListener(
      "change",
      () => void this.#useSchool(choice.value).then(() => this.#begin(new URLSearchParams())),
    );
    label.hidden = false;
  }
}

function part(selector: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(selector);
}

function asListen({ op: _op, base, ...said }: Put): OwnListen {
  return { ...said, revision: base, at: Date.parse(said.observed_at), sent: false };
}
