import { type Area, around, between, moved, resized } from "./area";

const SIDES = ["x", "y", "width", "height"] as const;
const CORNERS = ["nw", "ne", "sw", "se"] as const;
/** One per cent of the plan. */
const STEP = 10;
/** A tap, and no drag, in thousandths. */
const A_TAP = 12;
const USUAL = 160;
const MOST_UNDONE = 100;
const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

type Point = { x: number; y: number };
type Drag = (to: Point) => void;

/** A place: its line of numbers, and its box on the plan while it has a zone. */
class Place {
  readonly id: string;
  readonly name: string;
  readonly box: HTMLElement;

  constructor(
    readonly line: HTMLElement,
    readonly board: HTMLElement,
  ) {
    this.id = line.dataset["place"] ?? "";
    this.name = line.dataset["name"] ?? "";
    this.box = document.createElement("div");
    this.box.className = "zone-box";
    this.box.dataset["zone"] = this.id;
    this.box.tabIndex = 0;
    this.box.setAttribute("role", "button");
    this.box.setAttribute("aria-describedby", "how-zones");
    const name = document.createElement("span");
    name.append(this.name);
    this.box.append(name);
    for (const corner of CORNERS) {
      const handle = document.createElement("i");
      handle.dataset["corner"] = corner;
      this.box.append(handle);
    }
  }

  /** What the numbers say; null where they are no zone. */
  get area(): Area | null {
    const [x, y, width, height] = this.inputs().map((input) =>
      input.value.trim() === "" ? Number.NaN : Math.round(Number(input.value.replace(",", ".")) * 10),
    );
    if (x === undefined || y === undefined || width === undefined || height === undefined) return null;
    if ([x, y, width, height].some(Number.isNaN)) return null;
    return resized({ x, y, width, height }, 0, 0);
  }

  set area(area: Area | null) {
    this.inputs().forEach((input, at) => {
      const side = SIDES[at];
      input.value = area === null || side === undefined ? "" : String(area[side] / 10);
    });
    this.draw();
  }

  draw(): void {
    const { area } = this;
    if (area === null) {
      this.box.remove();
      return;
    }
    this.box.style.left = `${area.x / 10}%`;
    this.box.style.top = `${area.y / 10}%`;
    this.box.style.width = `${area.width / 10}%`;
    this.box.style.height = `${area.height / 10}%`;
    if (!this.box.isConnected) this.board.append(this.box);
  }

  inputs(): HTMLInputElement[] {
    return [...this.line.querySelectorAll("input")];
  }
}

class Editor {
  private readonly places: Place[];
  private readonly board: HTMLElement;
  private readonly before: string[] = [];
  private drag: Drag | null = null;
  private saved: string;

  constructor(private readonly form: HTMLFormElement) {
    this.board = form.querySelector<HTMLElement>("[data-board]") as HTMLElement;
    const lines = [...form.querySelectorAll<HTMLElement>("[data-place]")];
    this.places = lines.map((line) => new Place(line, this.board));
    this.saved = this.state();
    for (const part of form.querySelectorAll<HTMLElement>("[data-needs-script]")) part.hidden = false;
    const numbers = form.querySelector<HTMLDetailsElement>("[data-numbers]");
    if (numbers !== null) numbers.open = "wrong" in numbers.dataset;
    for (const place of this.places) place.draw();
    this.choose(this.chosen);
    this.tellUndo();
    this.listen();
  }

  private listen(): void {
    const { board, form } = this;
    board.addEventListener("pointerdown", (event) => this.begin(event));
    board.addEventListener("pointermove", (event) => this.drag?.(this.at(event)));
    board.addEventListener("pointerup", () => this.end());
    board.addEventListener("pointercancel", () => this.cancel());
    board.addEventListener("keydown", (event) => this.press(event));
    board.addEventListener("focusin", ({ target }) => this.choose(this.placeOf(target)));
    form.addEventListener("input", ({ target }) => this.typed(target));
    this.button("put")?.addEventListener("click", () => this.put());
    this.button("drop")?.addEventListener("click", () => this.drop(this.chosen));
    this.button("undo")?.addEventListener("click", () => this.undo());
    form.addEventListener("submit", () => {
      this.saved = this.state();
    });
    window.addEventListener("beforeunload", (event) => {
      if (this.state() !== this.saved) event.preventDefault();
    });
  }

  private get chosen(): Place | undefined {
    const id = this.form.querySelector<HTMLInputElement>("input[name=chosen]:checked")?.value;
    return this.places.find((place) => place.id === id);
  }

  private placeOf(target: EventTarget | null): Place | undefined {
    const id = target instanceof Element ? target.closest<HTMLElement>("[data-zone]")?.dataset["zone"] : undefined;
    return this.places.find((place) => place.id === id);
  }

  private choose(place: Place | undefined): void {
    if (place === undefined) return;
    for (const each of this.places) each.box.setAttribute("aria-pressed", String(each === place));
    for (const radio of this.form.querySelectorAll<HTMLInputElement>("input[name=chosen]"))
      radio.checked = radio.value === place.id;
    this.tell(place);
  }

  /** On a handle: another size. On a zone: elsewhere. On the plan: the chosen place is drawn anew. */
  private begin(event: PointerEvent): void {
    if (event.button !== 0) return;
    const from = this.at(event);
    const held = this.placeOf(event.target);
    const place = held ?? this.chosen;
    if (place === undefined) return;
    event.preventDefault();
    this.board.setPointerCapture(event.pointerId);
    this.remember();
    this.choose(place);
    const area = place.area;
    const corner = event.target instanceof HTMLElement ? event.target.dataset["corner"] : undefined;
    if (held === undefined || area === null) this.drag = this.drawing(place, from);
    else if (corner !== undefined) this.drag = this.resizing(place, area, from, corner);
    else this.drag = this.moving(place, area, from);
    if (held !== undefined) place.box.focus({ preventScroll: true });
  }

  private drawing(place: Place, from: Point): Drag {
    place.area = around(from, USUAL, USUAL);
    return (to) => {
      const isTap = Math.abs(to.x - from.x) < A_TAP && Math.abs(to.y - from.y) < A_TAP;
      place.area = isTap ? around(from, USUAL, USUAL) : between(from, to);
    };
  }

  private moving(place: Place, area: Area, from: Point): Drag {
    return (to) => {
      place.area = moved(area, to.x - from.x, to.y - from.y);
    };
  }

  private resizing(place: Place, area: Area, from: Point, corner: string): Drag {
    return (to) => {
      place.area = resized(area, to.x - from.x, to.y - from.y, corner.includes("w"), corner.includes("n"));
    };
  }

  private end(): void {
    if (this.drag === null) return;
    this.drag = null;
    const { chosen } = this;
    if (this.before.at(-1) === this.state()) this.before.pop();
    if (chosen !== undefined) {
      chosen.box.focus({ preventScroll: true });
      this.tell(chosen);
    }
    this.tellUndo();
  }

  private cancel(): void {
    if (this.drag === null) return;
    this.drag = null;
    this.undo();
  }

  private press(event: KeyboardEvent): void {
    const place = this.placeOf(event.target);
    const area = place?.area;
    if (place === undefined || !area) return;
    const arrow = ARROWS[event.key];
    if (arrow !== undefined && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      this.remember();
      place.area = event.shiftKey ? resized(area, ...arrow) : moved(area, ...arrow);
      this.tell(place);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      this.drop(place);
    } else if (event.key === "z" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.undo();
    }
  }

  private typed(target: EventTarget | null): void {
    if (!(target instanceof HTMLInputElement)) return;
    const line = target.closest<HTMLElement>("[data-place]");
    if (target.name === "chosen") this.choose(this.chosen);
    else this.places.find((place) => place.line === line)?.draw();
  }

  private put(): void {
    const { chosen } = this;
    if (chosen === undefined) return;
    this.remember();
    chosen.area = around({ x: 500, y: 500 }, USUAL, USUAL);
    chosen.box.focus();
    this.tell(chosen);
  }

  private drop(place: Place | undefined): void {
    if (place === undefined || place.area === null) return;
    this.remember();
    place.area = null;
    this.button("put")?.focus();
    this.tell(place);
  }

  private undo(): void {
    const last = this.before.pop();
    if (last === undefined) return;
    const values = JSON.parse(last) as string[][];
    this.places.forEach((place, at) => {
      place.inputs().forEach((input, side) => {
        input.value = values[at]?.[side] ?? "";
      });
      place.draw();
    });
    const { chosen } = this;
    if (chosen !== undefined) this.tell(chosen);
    this.tellUndo();
  }

  private remember(): void {
    this.before.push(this.state());
    if (this.before.length > MOST_UNDONE) this.before.shift();
    this.tellUndo();
  }

  private state(): string {
    return JSON.stringify(this.places.map((place) => place.inputs().map((input) => input.value)));
  }

  /** Said to whoever listens, and the name of the box. */
  private tell(place: Place): void {
    const { area } = place;
    const words = (area === null ? this.form.dataset["gone"] : this.form.dataset["where"]) ?? "";
    const named = words.replace("{name}", place.name);
    const text = SIDES.reduce((said, side) => said.replace(`{${side}}`, String((area?.[side] ?? 0) / 10)), named);
    this.form.querySelector("[data-said]")?.replaceChildren(text);
    for (const each of this.places) each.box.setAttribute("aria-label", each === place ? text : each.name);
  }

  private tellUndo(): void {
    const undo = this.button("undo");
    if (undo) undo.disabled = this.before.length === 0;
  }

  private button(name: string): HTMLButtonElement | null {
    return this.form.querySelector(`button[name=${name}]`);
  }

  private at(event: PointerEvent): Point {
    const box = this.board.getBoundingClientRect();
    return { x: (1000 * (event.clientX - box.left)) / box.width, y: (1000 * (event.clientY - box.top)) / box.height };
  }
}

const form = document.querySelector<HTMLFormElement>("[data-zones]");
if (form?.querySelector("[data-place]")) new Editor(form);
