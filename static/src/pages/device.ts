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

/** As long as this a page in the background, which draws nothing, is waited for, in milliseconds. */
const NOT_DRAWN = 100;

/** When what was just put into the page can be seen. */
export async function seen(): Promise<void> {
  await new Promise<void>((done) => {
    setTimeout(done, NOT_DRAWN);
    requestAnimationFrame(() => setTimeout(done));
  });
}
