import { MOST_KEPT, type OwnListen, ownListens } from "../kept";
import type { Uuid } from "../wire";
import { clock, locale, words } from "../words";

/** How many stand there at first, and how many more each time somebody asks for earlier ones. */
const AT_FIRST = 20;
const A_STEP = 60;

/** What the list asks of its page. */
export interface ListActions {
  placeName(id: Uuid): string;
  /** The time zone of a school, if it is known. */
  zone(school: Uuid): string | undefined;
  mend(listen: OwnListen): void;
  remove(listen: OwnListen): void;
}

/**
 * The person's own last listen-ins, from what this phone knows; earlier ones when they are asked for, by day.
 *
 * Stands in a section `[data-own]` with a list `[data-listens]`, a button `[data-earlier]` and a sentence
 * `[data-earliest]`; beside the list a template `[data-listen]` of a row, with `[data-place]`, `[data-when]`,
 * `[data-heard]`, `[data-unsent]`, a link `[data-mend]` and a button `[data-delete]`, and one `[data-day]` of a day.
 */
export class OwnList {
  #most = AT_FIRST;
  #drawn = "";

  constructor(
    readonly account: Uuid,
    readonly actions: ListActions,
  ) {
    part("[data-earlier]")?.addEventListener("click", () => void this.#showEarlier());
  }

  async draw(): Promise<void> {
    const found = await ownListens(this.account, this.#most + 1);
    const [list, listens] = [part("[data-listens]"), found.slice(0, this.#most)];
    const now = JSON.stringify(found);
    // On a page of the server, what it drew stands until this phone knows as much.
    if (list === null || now === this.#drawn || (found.length === 0 && this.#drawn === "")) return;
    this.#drawn = now;
    const row = (listen: OwnListen, when?: string): Node => this.#row(listen, when);
    const focused = list.contains(document.activeElement) ? document.activeElement?.getAttribute("aria-label") : null;
    // On a page that is older than what is on the server, the part for many days may be gone; the list is there.
    const days = this.#most > AT_FIRST ? await import("./record-days").catch(() => null) : null;
    if (days === null) list.replaceChildren(...listens.map((listen) => row(listen)));
    else days.drawByDay(list, days.byDay(listens, this.actions.zone, locale(), Date.now()), row);
    if (focused) list.querySelector<HTMLElement>(`[aria-label="${CSS.escape(focused)}"]`)?.focus();
    part("[data-own]")?.toggleAttribute("hidden", found.length === 0);
    part("[data-earlier]")?.toggleAttribute("hidden", found.length <= this.#most || this.#most >= MOST_KEPT);
    part("[data-earliest]")?.toggleAttribute("hidden", listens.length < MOST_KEPT);
  }

  /** Puts the focus where one deletes this listen-in. */
  focusDelete(listen: OwnListen): void {
    part(`[data-listens] [aria-label="${CSS.escape(this.#deleteLabel(listen))}"]`)?.focus();
  }

  async #showEarlier(): Promise<void> {
    const shown = this.#most;
    this.#most = Math.min(MOST_KEPT, shown + A_STEP);
    await this.draw();
    // Whoever asked for them goes on reading where they begin.
    document.querySelectorAll<HTMLElement>("[data-listens] [data-mend]")[shown]?.focus();
  }

  #row(listen: OwnListen, when: string = this.#when(listen)): Node {
    const template = part("[data-own]")?.querySelector<HTMLTemplateElement>("template[data-listen]");
    const row = template?.content.cloneNode(true) as DocumentFragment;
    const { traits, record } = words();
    const heard = listen.heard.map((trait) => traits[trait] ?? trait).join(" · ");
    row.querySelector("[data-place]")?.replaceChildren(this.actions.placeName(listen.place));
    row.querySelector("[data-when]")?.replaceChildren(when);
    row.querySelector("[data-heard]")?.replaceChildren(heard === "" ? record.none : heard);
    for (const mark of row.querySelectorAll<HTMLElement>("[data-unsent]")) mark.hidden = listen.sent;
    const mend = row.querySelector<HTMLAnchorElement>("a[data-mend]");
    mend?.setAttribute("href", `/record/${listen.id}?school=${listen.school}`);
    mend?.addEventListener("click", (event) => {
      // With a key held the person wants a new tab.
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.actions.mend(listen);
    });
    const remove = row.querySelector<HTMLButtonElement>("button[data-delete]");
    remove?.setAttribute("aria-label", this.#deleteLabel(listen));
    remove?.addEventListener("click", () => this.actions.remove(listen));
    return row;
  }

  /** One button a row: each says what it deletes. */
  #deleteLabel(listen: OwnListen): string {
    return `${words().record.delete}: ${this.actions.placeName(listen.place)}, ${this.#when(listen)}`;
  }

  /** As the school's clock shows it, wherever this phone is. */
  #when({ at, school }: OwnListen): string {
    return clock(at, Date.now(), this.actions.zone(school));
  }
}

function part(selector: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(selector);
}
