import { hear } from "../channel";
import { type FrozenNode, freeze, thaw } from "../frozen";
import { keepSeen, lastSeen } from "../seen";
import { dayAndTime, say, words } from "../words";
import { idle } from "./device";

void start();

/** On the map as the server draws it: keeps a picture of it. On the page that knows no one: shows what was kept. */
async function start(): Promise<void> {
  const slot = document.querySelector<HTMLElement>("[data-seen]");
  if (slot !== null) return show(slot);
  if (document.querySelector("[data-to-keep]") === null) return;
  await idle();
  await keepUntilKept().catch(() => {
    // A phone without room, or without a database, keeps no map; the one that is open is as good as ever.
  });
}

/** Right after signing in nobody is known yet on this phone; that is news soon. */
async function keepUntilKept(): Promise<void> {
  const { account } = document.body.dataset;
  const school = document.querySelector<HTMLElement>("[data-school]")?.dataset["school"];
  const parts = [...document.querySelectorAll("[data-to-keep]")].map(freeze).filter((part) => part !== null);
  if (!account || school === undefined || parts.length === 0) return;
  const page: FrozenNode = {
    tag: "div",
    attributes: { class: "seen", lang: document.documentElement.lang },
    children: parts,
  };
  const title = document.querySelector("h1")?.textContent ?? "";
  // When it was asked for: what is on the page is no younger than that.
  const seen = { account, what: "heatmap", school, title, page, read_at: Math.round(performance.timeOrigin) } as const;
  let kept = await keepSeen(seen);
  hear((news) => {
    if (!kept && news === "changed")
      void keepSeen(seen).then((now) => {
        kept = now;
      });
  });
}

/** The last picture, marked with its time; or a sentence that says why there is none. */
async function show(slot: HTMLElement): Promise<void> {
  const last = await lastSeen("heatmap");
  const page = last.is === "seen" ? thaw(last.seen.page) : null;
  const state = page === null && last.is === "seen" ? "never" : last.is;
  for (const part of document.querySelectorAll<HTMLElement>("[data-shell]"))
    part.hidden = part.dataset["shell"] !== state;
  if (page === null || last.is !== "seen") return;
  document.querySelector("h1")?.replaceChildren(last.seen.title);
  document.title = `${last.seen.title} · Listen In`;
  const sentence = say(words().seen.as_it_was, { time: dayAndTime(last.seen.read_at) });
  document.querySelector("[data-as-it-was]")?.replaceChildren(sentence);
  slot.replaceWith(page);
}
