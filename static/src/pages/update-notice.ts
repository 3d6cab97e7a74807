import { Workbox } from "workbox-window";

const WORKER = "/sw.js";
const AN_HOUR = 60 * 60_000;

/** Trusted Types are not in TypeScript's library yet (W3C). */
interface PolicyMaker {
  createPolicy(
    name: string,
    rules: { createScriptURL(address: string): string },
  ): {
    createScriptURL(address: string): string;
  };
}

/**
 * Registers the worker, and when a new version waits, says so and leaves it to the person. It is never said while
 * a form is being filled: a reload would be in the way.
 *
 * @param notice the element that says it, with a button in it; hidden until then
 * @returns looks for a new version at once, because this one was found to be too old
 */
export function keepUpToDate(notice: HTMLElement | null): () => void {
  const worker = "serviceWorker" in navigator ? new Workbox(trusted(WORKER)) : null;
  let wanted = false;
  let filling = false;
  const show = (): void => {
    if (notice !== null) notice.hidden = !wanted || filling;
  };
  const want = (): void => {
    wanted = true;
    show();
  };
  for (const [event, now] of [
    ["input", true],
    ["reset", false],
    ["submit", false],
  ] as const) {
    document.addEventListener(event, () => {
      filling = now;
      show();
    });
  }
  notice?.querySelector("button")?.addEventListener("click", () => void renew(worker));
  // Without a worker the server gives the new version to whoever asks for the page again.
  if (worker === null) return want;
  const first = navigator.serviceWorker.controller;
  worker.addEventListener("waiting", want);
  void worker.register().catch(() => undefined);
  const look = (): void => void worker.update().catch(() => undefined);
  // An installed app may stay open for weeks.
  setInterval(look, AN_HOUR);
  return () => {
    // Another page may have taken the new version already, or none was in charge when this one was opened.
    if (navigator.serviceWorker.controller !== first || first === null) want();
    else if (!wanted) look();
  };
}

/** Takes the new version: the one that waits, or what another page has taken already. */
async function renew(worker: Workbox | null): Promise<void> {
  const waiting = (await navigator.serviceWorker?.getRegistration())?.waiting;
  if (worker === null || !waiting) return location.reload();
  // The first page on a phone is under no worker, and so hears of no change of it.
  waiting.addEventListener("statechange", () => {
    if (waiting.state === "activated") location.reload();
  });
  worker.messageSkipWaiting();
}

/** The content security policy lets scripts load only through the policy `listen-in`, and that knows one address. */
function trusted(address: string): string {
  const maker = (globalThis as { trustedTypes?: PolicyMaker }).trustedTypes;
  if (maker === undefined) return address;
  const policy = maker.createPolicy("listen-in", {
    createScriptURL(asked) {
      if (asked !== WORKER) throw new TypeError(`${asked} is no script of this app`);
      return asked;
    },
  });
  return policy.createScriptURL(address);
}
