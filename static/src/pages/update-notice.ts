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
 */
export function keepUpToDate(notice: HTMLElement | null): void {
  if (!("serviceWorker" in navigator)) return;
  const workbox = new Workbox(trusted(WORKER));
  let waits = false;
  let filling = false;
  const show = (): void => {
    if (notice !== null) notice.hidden = !waits || filling;
  };
  workbox.addEventListener("waiting", () => {
    waits = true;
    show();
  });
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
  notice?.querySelector("button")?.addEventListener("click", () => {
    workbox.addEventListener("controlling", () => location.reload());
    workbox.messageSkipWaiting();
  });
  void workbox.register();
  // An installed app may stay open for weeks.
  setInterval(() => void workbox.update().catch(() => undefined), AN_HOUR);
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
