import type { PlacePicker } from "../elements/place-picker";
import { newId } from "../ids";
import { asField } from "../instants";
import type { OwnListen } from "../kept";
import type { GroupSize, Put, Setting, Trait, Uuid } from "../wire";
import { sayCount, words } from "../words";
import { fill, type Values, valuesOf } from "./form-values";
import { type Filing, filedLabel, heardAt, isOff, said, whenLabel } from "./record-when";

const FIELDS = ["place", "setting", "heard", "none", "when", "at", "group_size", "note"];
const DRAFT = "listen-in draft";
/** In milliseconds. */
const SOON = 200;

/** What is missing, and the field that wants it. */
export interface Missing {
  text: string;
  field: HTMLElement | null;
}

/** What is half filled in, by whom and of which observation; kept until it is saved or the app is closed. */
interface Draft {
  /** Left out by earlier releases. */
  account?: Uuid;
  id: Uuid | null;
  values: Values;
  settingChosen: boolean;
}

/** The form of a listen-in, as the server and the page that knows no one both draw it. */
export class ListenForm {
  readonly picker: PlacePicker;
  /** The observation that is being mended; null while a new one is made. */
  mending: OwnListen | null = null;
  /** This phone's clock minus the server's, in milliseconds, and the school's time zone. */
  skew = 0;
  zone: string | undefined;
  #settingChosen = false;
  readonly #when: HTMLElement | null;
  /** Something chosen may be out of sight. */
  #hides = false;
  #showing = 0;
  #drafting = 0;
  #account: Uuid;
  /** Whether something was filled in on this page, and not only brought back. */
  #begun = false;

  constructor(
    readonly form: HTMLFormElement,
    account: Uuid,
  ) {
    this.#account = account;
    this.picker = form.querySelector("place-picker") as PlacePicker;
    form.addEventListener("change", (event) => this.#follow(event.target as HTMLInputElement));
    form.addEventListener("input", (event) => {
      // Whoever types a time means it.
      if ((event.target as HTMLInputElement).name === "at") fill(form, { when: ["at"] }, ["when"]);
      this.#show();
      this.#keepDraft();
    });
    addEventListener("pagehide", () => this.#writeDraft());
    this.#when = form.querySelector<HTMLElement>("#when");
    this.#when?.addEventListener("toggle", () => this.#show());
    this.#show();
  }

  /** What the form says, as a change; or what is missing. */
  read(school: Uuid, now: number): Put | Missing {
    const values = valuesOf(this.form);
    const missing = this.#missing(values, now);
    if (missing !== null) return missing;
    return {
      op: "put",
      ...heardIn(values),
      id: this.mending?.id ?? newId(now),
      school: this.mending?.school ?? school,
      base: this.mending?.revision ?? null,
      observed_at: said(heardAt(values, now) ?? now, this.mending?.observed_at ?? null),
      walkthrough: this.mending?.walkthrough ?? null,
    };
  }

  /** An empty form at a place, ready for the next listen-in. */
  clean(place: Uuid | null): void {
    this.#writeDraft();
    this.mending = null;
    this.#settingChosen = false;
    // Tells the page that nothing is being filled in any more.
    this.form.reset();
    // The setting follows from the place; before there is one, none is said.
    fill(this.form, { when: ["now"] }, FIELDS);
    this.choosePlace(place);
  }

  /** Chooses a place, and the setting that is usual there; false if it is not offered. */
  choosePlace(place: Uuid | null): boolean {
    const offered = this.picker.choose(place);
    this.#followPlace();
    this.#show();
    return offered;
  }

  /** Takes the form as the server filled it; a setting that nobody chose follows from the place. */
  takeOver(): void {
    this.#settingChosen = valuesOf(this.form)["setting"] !== undefined;
    this.picker.show();
    this.#followPlace();
    this.#show();
  }

  /** Chooses a setting by hand. */
  chooseSetting(setting: string): void {
    this.#settingChosen = true;
    fill(this.form, { setting: [setting] }, ["setting"]);
  }

  /** Brings what is chosen in the rows that scroll into sight, when the page is next drawn. */
  reveal(): void {
    this.#hides = true;
    this.#show();
  }

  #reveal(): void {
    for (const input of this.form.querySelectorAll<HTMLInputElement>(".pills.scroll input:checked")) {
      const [pill, row] = [input.closest(".pill"), input.closest(".pills")];
      if (pill === null || row === null) continue;
      const [chosen, seen] = [pill.getBoundingClientRect(), row.getBoundingClientRect()];
      if (chosen.left >= seen.left && chosen.right <= seen.right) continue;
      row.scrollLeft += chosen.left - seen.left - (seen.width - chosen.width) / 2;
    }
  }

  /** Forgets what was half filled in; it is saved now. */
  dropDraft(): void {
    this.#begun = false;
    clearTimeout(this.#drafting);
    this.#drafting = 0;
    sessionStorage.removeItem(DRAFT);
  }

  /** Puts an observation into the form: to mend it, or (after Undo) to go on with it. */
  put(listen: OwnListen, mending: boolean): void {
    // What was begun before is a draft of its own, however quickly this was asked for.
    this.#writeDraft();
    this.mending = mending ? listen : null;
    this.#settingChosen = true;
    const values: Values = { place: [listen.place], setting: [listen.setting], heard: listen.heard };
    if (listen.heard.length === 0) values["none"] = ["y"];
    if (listen.group_size !== null) values["group_size"] = [listen.group_size];
    if (listen.note !== null) values["note"] = [listen.note];
    fill(this.form, { ...values, when: ["at"], at: [asField(listen.at)] }, FIELDS);
    this.picker.choose(listen.place);
    this.#show();
    this.reveal();
  }

  /** The observation that the server put into the form, or null if it put another one there or none. */
  ofPage(id: Uuid): OwnListen | null {
    const values = valuesOf(this.form);
    const { observedAt, school } = this.form.dataset;
    if (values["id"]?.[0] !== id || observedAt === undefined || school === undefined) return null;
    const revision = Number(values["base"]?.[0]);
    const at = Date.parse(observedAt);
    return { ...heardIn(values), id, school, revision, observed_at: observedAt, at, walkthrough: null, sent: true };
  }

  /** Brings back what was half filled in before the page was left, if it was for the same observation. */
  restoreDraft(): boolean {
    const draft = JSON.parse(sessionStorage.getItem(DRAFT) ?? "null") as Draft | null;
    if (draft === null || draft.id !== (this.mending?.id ?? null)) return false;
    // A phone may be shared, and a tab too: what somebody else has begun, with their notes, is not this person's.
    if (draft.account !== undefined && draft.account !== this.#account) return false;
    fill(this.form, draft.values, FIELDS);
    this.#settingChosen = draft.settingChosen;
    this.picker.show();
    this.#show();
    this.reveal();
    this.form.dispatchEvent(new Event("input", { bubbles: true }));
    this.#begun = false;
    return true;
  }

  /** Somebody else turns out to be here: what was begun on this page since is theirs. */
  handOver(account: Uuid): void {
    this.#account = account;
    if (this.#begun) this.#keepDraft();
  }

  /** Once fingers rest: a tap is answered first. */
  #keepDraft(): void {
    this.#begun = true;
    clearTimeout(this.#drafting);
    this.#drafting = setTimeout(() => this.#writeDraft(), SOON);
  }

  #writeDraft(): void {
    if (this.#drafting === 0) return;
    clearTimeout(this.#drafting);
    this.#drafting = 0;
    const draft: Draft = {
      account: this.#account,
      id: this.mending?.id ?? null,
      values: valuesOf(this.form),
      settingChosen: this.#settingChosen,
    };
    sessionStorage.setItem(DRAFT, JSON.stringify(draft));
  }

  #follow(field: HTMLInputElement): void {
    if (field.name === "none" && field.checked) fill(this.form, {}, ["heard"]);
    if (field.name === "heard" && field.checked) fill(this.form, {}, ["none"]);
    if (field.name === "setting") this.#settingChosen = true;
    if (field.name === "place") this.#followPlace();
    this.#show();
    this.#keepDraft();
  }

  /** The setting follows from the kind of place until it is chosen by hand. */
  #followPlace(): void {
    const usual = words().usual[this.picker.chosen?.dataset["kind"] ?? ""];
    if (!this.#settingChosen && usual !== undefined) fill(this.form, { setting: [usual] }, ["setting"]);
    this.reveal();
  }

  #missing(values: Values, now: number): Missing | null {
    const { record } = words();
    if (values["place"] === undefined) return { text: record.choose_place, field: this.form.querySelector("summary") };
    if (values["heard"] === undefined && values["none"] === undefined) {
      return { text: record.choose, field: this.form.querySelector('[name="heard"]') };
    }
    if (heardAt(values, now) === null)
      return { text: record.choose_time, field: this.form.querySelector("[data-when]") };
    return null;
  }

  /** Says on the buttons what is chosen behind them, and on Save what will be saved. */
  #show(): void {
    // Several fields are filled in one go; the last word counts, and the page is laid out once.
    cancelAnimationFrame(this.#showing);
    this.#showing = requestAnimationFrame(() => {
      this.#sayChoices();
      if (this.#hides) this.#reveal();
      this.#hides = false;
    });
  }

  #sayChoices(): void {
    const values = valuesOf(this.form);
    const now = Date.now();
    this.#say("[data-when]", whenLabel(values, now));
    // Telling times costs a slow phone some frames; this one is read only where the sheet is open.
    if (inSight(this.#when)) this.#say("[data-filed]", filedLabel(values, this.#filing(now)));
    this.#sayClockIsOff(values, now);
    const size = this.form.querySelector<HTMLInputElement>('[name="group_size"]:checked');
    const sizeName = size?.value ? size.closest("label")?.textContent : null;
    this.#say("[data-group-size]", sizeName?.trim() ?? words().record.group_size);
    this.form.querySelector("[data-note]")?.toggleAttribute("data-filled", values["note"] !== undefined);
    this.#say("[data-save]", this.#saveLabel(values));
  }

  #filing(now: number): Filing {
    const held = this.mending?.sent === true ? this.mending.observed_at : null;
    return { now, skew: this.skew, zone: this.zone, held };
  }

  /** Where the phone's clock is off, it is seen without opening anything. */
  #sayClockIsOff(values: Values, now: number): void {
    const note = this.form.querySelector<HTMLElement>("[data-clock-off]");
    if (note === null) return;
    note.hidden = !isOff(this.skew);
    if (!note.hidden) note.textContent = filedLabel(values, this.#filing(now));
  }

  #saveLabel(values: Values): string {
    const { save, save_heard, save_none, save_mended } = words().record;
    if (this.mending !== null) return save_mended;
    if (values["none"] !== undefined) return save_none;
    const heard = values["heard"]?.length ?? 0;
    return heard === 0 ? save : sayCount(save_heard, heard);
  }

  #say(place: string, text: string): void {
    for (const element of this.form.querySelectorAll(place)) {
      // The same words written again are laid out and drawn again.
      if (element.textContent !== text) element.textContent = text;
    }
  }
}

type Said = Pick<Put, "place" | "setting" | "heard" | "group_size" | "note">;

/** The server checks these words; the form offers no others. */
function heardIn(values: Values): Said {
  return {
    place: values["place"]?.[0] ?? "",
    setting: (values["setting"]?.[0] ?? "other") as Setting,
    heard: (values["heard"] ?? []) as Trait[],
    group_size: (values["group_size"]?.[0] ?? null) as GroupSize | null,
    note: values["note"]?.[0]?.trim() || null,
  };
}

/** A sheet stands in the page where it is no popover, and where the browser knows none. */
function inSight(sheet: HTMLElement | null): boolean {
  if (sheet === null || !sheet.hasAttribute("popover") || !("popover" in sheet)) return true;
  return sheet.matches(":popover-open");
}
