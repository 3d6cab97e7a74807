/** Chromium's offer to install the app; not in TypeScript's library (WICG). */
interface InstallOffer extends Event {
  prompt(): Promise<{ outcome: "accepted" | "dismissed" }>;
}

const DECLINED = "listen-in install declined";

/**
 * Shows how to install the app, in a browser that can and where it is not installed: on Android with a button, on
 * iPhone and iPad in words. Not again once it was declined.
 *
 * @param hint holds `[data-for="android"]` with a button and `[data-for="ios"]`, and a button `[data-decline]`
 */
export function offerInstall(hint: HTMLElement | null): void {
  if (hint === null || matchMedia("(display-mode: standalone)").matches || declined()) return;
  const show = (platform: "android" | "ios"): void => {
    for (const part of hint.querySelectorAll<HTMLElement>("[data-for]")) part.hidden = part.dataset["for"] !== platform;
    hint.hidden = false;
  };
  // Only Safari on iOS has this, and there only what is opened from the Home Screen says true.
  if ((navigator as { standalone?: boolean }).standalone === false) show("ios");
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    show("android");
    hint
      .querySelector("[data-install]")
      ?.addEventListener("click", () => void (event as InstallOffer).prompt(), { once: true });
  });
  addEventListener("appinstalled", () => {
    hint.hidden = true;
  });
  hint.querySelector("[data-decline]")?.addEventListener("click", () => {
    hint.hidden = true;
    localStorage.setItem(DECLINED, "yes");
  });
}

function declined(): boolean {
  return localStorage.getItem(DECLINED) !== null;
}
