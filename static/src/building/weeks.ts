/** What a room says, as webapp/heatmap/building.py tells it. */
interface Figure {
  look: string;
  number: string;
  about: string;
  is_heard: boolean;
}

interface Moment {
  name: string;
  sample: string;
  cell: string | null;
  rooms: Record<string, Figure>;
}

interface Told {
  listen: string;
  moments: Moment[];
}

const form = document.querySelector<HTMLFormElement>("[data-weeks]");
const told = form?.querySelector("[data-moments]")?.textContent;
const slider = form?.querySelector<HTMLInputElement>("input[type=range]");
if (form && told && slider) follow(form, slider, JSON.parse(told) as Told);

/** The rooms follow the slider while it is moved; the address keeps up once it rests. */
function follow(form: HTMLFormElement, slider: HTMLInputElement, told: Told): void {
  form.querySelector("button")?.remove();
  slider.addEventListener("input", () => show(told, slider, form));
  slider.addEventListener("change", () => {
    const query = new URLSearchParams(new FormData(form) as unknown as Record<string, string>);
    history.replaceState(null, "", `${location.pathname}?${query}`);
    tellLinks(slider.value);
  });
  for (const step of form.querySelectorAll<HTMLAnchorElement>("[data-step]"))
    step.addEventListener("click", (event) => {
      event.preventDefault();
      slider.value = String(Number(slider.value) + Number(step.dataset["step"]));
      slider.dispatchEvent(new Event("input"));
      slider.dispatchEvent(new Event("change"));
    });
}

function show(told: Told, slider: HTMLInputElement, form: HTMLFormElement): void {
  const moment = told.moments[Number(slider.value)];
  if (moment === undefined) return;
  slider.setAttribute("aria-valuetext", `${moment.name}: ${moment.sample}`);
  form.querySelector("[data-week]")?.replaceChildren(moment.name);
  form.querySelector("[data-sample]")?.replaceChildren(moment.sample);
  for (const room of document.querySelectorAll<HTMLAnchorElement>("[data-room]")) {
    const place = room.dataset["room"] ?? "";
    const figure = moment.rooms[place];
    if (figure !== undefined) draw(room, figure, address(told, moment, room, place, figure));
  }
}

function draw(room: HTMLAnchorElement, figure: Figure, href: string | null): void {
  const kept = [...room.classList].filter((name) => name === "room" || name === "cell" || name === "in-zone");
  room.className = `${kept.join(" ")} ${figure.look}`;
  room.querySelector("[data-number]")?.replaceChildren(figure.number);
  room.querySelector("[data-about]")?.replaceChildren(figure.about);
  if (href === null) room.removeAttribute("href");
  else room.href = href;
}

function address(told: Told, moment: Moment, room: HTMLElement, place: string, figure: Figure): string | null {
  const goes = figure.is_heard && moment.cell !== null ? moment.cell : told.listen;
  return goes === told.listen && "putAway" in room.dataset ? null : goes.replace("PLACE", place);
}

/** Another colour keeps the week. */
function tellLinks(at: string): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>(".colours a")) {
    const there = new URL(link.href);
    there.searchParams.set("at", at);
    link.href = there.href;
  }
}

export {};
