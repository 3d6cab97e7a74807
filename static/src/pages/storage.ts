import { hear } from "../channel";
import { fact } from "../facts";
import { standing } from "../outbox";
import { dayAndTime, type Forms, sayCount } from "../words";
import { wasFull } from "./device";

/** What one takes on disk at the most: 1.1 KB were measured in Chromium, and a note may come with it. */
const A_LISTEN_IN = 2_048;
/** Less room than for so many is scarce. */
const SCARCE = 200;

const A_DAY = 24 * 60 * 60_000;
/** iOS erases what a page in a tab has kept after seven days without a visit. */
const WAITED_LONG = 3 * A_DAY;

const PUT_OFF = "listen-in ios warning put off";

interface StorageWords {
  room: Forms;
  full: string;
  waited: Forms;
}

/** Says when room gets scarce, and on iPhone and iPad, in a browser tab, when something has waited for three days. */
export async function watchStorage(): Promise<void> {
  const warning = document.querySelector<HTMLElement>("[data-ios-warning]");
  warning?.querySelector("[data-later]")?.addEventListener("click", () => {
    warning.hidden = true;
    localStorage.setItem(PUT_OFF, String(Date.now()));
  });
  hear((news) => {
    if (news === "changed") void look();
  });
  await look();
}

/**
 * For how many more listen-ins there is room; null when it is not scarce, or not told: Chromium always says that ten
 * gigabytes are left.
 */
export function roomLeft({ quota, usage }: StorageEstimate): number | null {
  if (quota === undefined || usage === undefined) return null;
  const room = Math.max(0, Math.floor((quota - usage) / A_LISTEN_IN));
  if (room >= SCARCE) return null;
  return room < 10 ? room : Math.floor(room / 10) * 10;
}

async function look(): Promise<void> {
  await Promise.all([sayRoom(), warnInTab()]);
}

async function sayRoom(): Promise<void> {
  const place = document.querySelector<HTMLElement>("[data-storage]");
  const room = wasFull() ? 0 : roomLeft((await navigator.storage?.estimate?.()) ?? {});
  if (place === null) return;
  place.hidden = room === null;
  if (room === null) return;
  const { room: forms, full } = words();
  place.querySelector("p")?.replaceChildren(room === 0 ? full : sayCount(forms, room));
}

async function warnInTab(): Promise<void> {
  const place = document.querySelector<HTMLElement>("[data-ios-warning]");
  // Only Safari on iOS has this, and there only what is opened from the Home Screen says true.
  if (place === null || (navigator as { standalone?: boolean }).standalone !== false) return;
  const { waiting, since } = await standing((await fact("session"))?.account ?? null);
  place.hidden = since === null || Date.now() - since < WAITED_LONG || isPutOff();
  if (place.hidden || since === null) return;
  place.querySelector("h2")?.replaceChildren(sayCount(words().waited, waiting, { time: dayAndTime(since) }));
  // It says the same, less urgently.
  document.getElementById("install-hint")?.toggleAttribute("hidden", true);
}

/** Not now is not never: while something waits, it is said again the next day. */
function isPutOff(): boolean {
  return Date.now() - Number(localStorage.getItem(PUT_OFF) ?? 0) < A_DAY;
}

function words(): StorageWords {
  return JSON.parse(document.getElementById("storage-words")?.textContent ?? "{}") as StorageWords;
}
