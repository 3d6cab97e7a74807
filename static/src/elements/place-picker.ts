import type { Place, Uuid } from "../wire";
import { say, words } from "../words";

/** How many places stand in the row at hand; the others are one press away, by floor. */
const AT_HAND = 6;

/**
 * `<place-picker>`: the place as radio buttons, lately used ones at hand, the others in a list that opens; its
 * summary names the chosen one. The buttons are there without JavaScript; this adds the name and closes the list.
 *
 * Holds `details` with `[data-chosen]` and `[data-about]` in its summary and `[data-floors]`, a row
 * `[data-at-hand]`, and templates `[data-place]` and `[data-floor]` for the page that knows no one.
 */
export class PlacePicker extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("change", () => {
      const list = this.querySelector("details");
      const fromList = list?.open === true;
      if (fromList) list.open = false;
      this.show();
      // The button that had the focus is out of sight now.
      if (fromList) list.querySelector("summary")?.focus();
    });
    this.show();
  }

  /** Draws the places of a school anew; archived ones are not offered. */
  fill(places: readonly Place[], lately: readonly Uuid[]): void {
    const open = places.filter((place) => !place.archived);
    const known = lately.flatMap((id) => open.find((place) => place.id === id) ?? []);
    const atHand = [...known, ...open.filter((place) => !known.includes(place))].slice(0, AT_HAND);
    this.querySelector("[data-at-hand]")?.replaceChildren(...atHand.map((place) => this.#button(place)));
    const others = open.filter((place) => !atHand.includes(place));
    const floors = [...new Set(others.map((place) => place.floor))].sort(
      (one, other) => (one ?? Infinity) - (other ?? Infinity),
    );
    const groups = floors.map((floor) =>
      this.#group(
        floor,
        others.filter((place) => place.floor === floor),
      ),
    );
    this.querySelector("[data-floors]")?.replaceChildren(...groups);
    this.show();
  }

  /** Offers one place more, for what was heard there before it was archived. */
  offer(place: Place): void {
    this.querySelector("[data-at-hand]")?.append(this.#button(place));
  }

  /** Chooses a place; false if it is not offered. */
  choose(id: Uuid | null): boolean {
    const button = this.#buttons().find((each) => each.value === id);
    if (button !== undefined) button.checked = true;
    this.show();
    return button !== undefined;
  }

  /** The button of the chosen place. */
  get chosen(): HTMLInputElement | null {
    return this.#buttons().find((button) => button.checked) ?? null;
  }

  /** The place, if a school has just one. */
  get only(): Uuid | null {
    const [first, ...others] = this.#buttons();
    return others.length === 0 ? (first?.value ?? null) : null;
  }

  /** The name of a place that is offered here, or null. */
  nameOf(id: Uuid): string | null {
    const button = this.#buttons().find((each) => each.value === id);
    return button === undefined ? null : name(button);
  }

  /** Says in the summary which place is chosen. */
  show(): void {
    const { chosen } = this;
    const [nameOf, about] = [this.querySelector("[data-chosen]"), this.querySelector("[data-about]")];
    if (nameOf !== null) nameOf.textContent = chosen === null ? words().record.choose_place : name(chosen);
    if (about !== null) about.textContent = chosen?.dataset["about"] ?? "";
  }

  #buttons(): HTMLInputElement[] {
    return [...this.querySelectorAll<HTMLInputElement>('input[name="place"]')];
  }

  #button(place: Place): Node {
    const copy = this.#copy("data-place");
    const button = copy.querySelector("input");
    if (button !== null) {
      button.value = place.id;
      button.dataset["kind"] = place.kind;
      button.dataset["about"] = about(place);
    }
    copy.querySelector("[data-name]")?.replaceChildren(place.name);
    return copy;
  }

  #group(floor: number | null, places: readonly Place[]): Node {
    const copy = this.#copy("data-floor");
    copy.querySelector("[data-name]")?.replaceChildren(floorName(floor));
    copy.querySelector("[data-places]")?.replaceChildren(...places.map((place) => this.#button(place)));
    return copy;
  }

  #copy(template: string): DocumentFragment {
    const found = this.querySelector<HTMLTemplateElement>(`template[${template}]`);
    return (found as HTMLTemplateElement).content.cloneNode(true) as DocumentFragment;
  }
}

function name(button: HTMLInputElement): string {
  return button.closest("label")?.querySelector("[data-name]")?.textContent ?? "";
}

function about({ floor, kind }: Place): string {
  const kindName = words().kinds[kind] ?? "";
  return floor === null ? kindName : `${floorName(floor)} · ${kindName}`;
}

function floorName(floor: number | null): string {
  const { no_floor, ground_floor, floor: numbered } = words().record;
  if (floor === null) return no_floor;
  return floor === 0 ? ground_floor : say(numbered, { n: floor });
}
