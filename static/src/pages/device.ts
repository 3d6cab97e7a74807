/** Background Sync is not in TypeScript's library yet (WICG, one-shot). */
interface WithSync {
  sync?: { register(tag: string): Promise<void> };
}

/** Asks the browser to wake the worker when there is a network again, where it can. */
export async function askForBackgroundSync(): Promise<void> {
  const registration = (await navigator.serviceWorker?.getRegistration()) as WithSync | undefined;
  // Refused in private windows; the page sends by itself then.
  await registration?.sync?.register("listen-in").catch(() => undefined);
}

/** Asks the browser never to clear what this app keeps when room gets scarce. */
export async function askToKeepStorage(): Promise<void> {
  if (navigator.storage?.persist !== undefined && !(await navigator.storage.persisted()))
    await navigator.storage.persist();
}

const FULL = "listen-in full";

/** Remembers whether there was room for what was saved last: browsers tell little of it, or nothing. */
export function noteRoom(room: "there" | "full"): void {
  if (room === "full") localStorage.setItem(FULL, "yes");
  else localStorage.removeItem(FULL);
}

/** Whether there was no room for what was saved last. */
export function wasFull(): boolean {
  return localStorage.getItem(FULL) !== null;
}

/** As long as this a busy page is waited for before it does what can wait, in milliseconds. */
const BUSY_AT_MOST = 1_000;

/** When the page has nothing more urgent to do. */
export async function idle(): Promise<void> {
  // WebKit has no word for it.
  if (typeof requestIdleCallback === "undefined") return seen();
  await new Promise((done) => requestIdleCallback(done, { timeout: BUSY_AT_MOST }));
}

/** As long as this a page in the background, which draws nothing, is waited for, in milliseconds. */
const NOT_DRAWN = 100;

/** When what was just put into the page can be seen. */
export async function seen(): Promise<void> {
  await new Promise<void>((done) => {
    setTimeout(done, NOT_DRAWN);
    requestAnimationFrame(() => setTimeout(done));
  });
}

/** After so many milliseconds. */
export function rest(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}
