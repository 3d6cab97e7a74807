import { seen } from "./device";

/** Says what was just done, above the tabs, with or without Undo. */
export function toast(text: string, canUndo: boolean): void {
  const toast = document.querySelector<HTMLElement>("[data-toast]");
  toast?.querySelector("[data-said]")?.replaceChildren(text);
  toast?.toggleAttribute("data-shown", true);
  toast?.querySelector("[data-undo]")?.toggleAttribute("hidden", !canUndo);
  // It leaves by itself (toast.css); what is said anew stays as long again.
  void seen().then(() => {
    for (const leaving of toast?.getAnimations() ?? []) leaving.currentTime = 0;
  });
}
