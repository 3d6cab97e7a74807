import { fact } from "../facts";
import { standing } from "../outbox";
import { ended, farewell } from "../presence";
import { flush } from "../sync";
import type { Uuid } from "../wire";
import { sayCount, words } from "../words";
import { rest } from "./device";
import { keepAsFile } from "./outbox-file";

/** No longer than this is anybody kept waiting until the server has heard of it, in milliseconds. */
const PATIENCE = 2_500;

/**
 * Sign-out on a phone that may be shared: sending stops, the person is told of what is not sent yet and may send it
 * first, and all that was read for this person is forgotten. What is unsent stays until its owner signs in again
 * (SYNC-5, SYNC-6). It holds without a network too: the server is told as soon as it can be reached, before anybody sees a
 * page of it.
 *
 * @param form posts the sign-out, where scripts cannot do it
 * @param dialog asks first when something is unsent; `[data-words]` takes the question, `[data-outcome]` what became
 *   of `[data-send-first]`; `[data-keep-file]` keeps a file, the button of value `go` goes on
 */
export function signOutWithCare(form: HTMLFormElement, dialog: HTMLDialogElement | null): void {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void leave(form, dialog);
  });
}

/** Whoever signs in next is not to be signed out by what was left: that ends first. */
export async function signInWithCare(form: HTMLFormElement): Promise<void> {
  if ((await fact("ending").catch(() => undefined)) === undefined) return;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void endedSoon().then(() => form.submit());
  });
}

async function leave(form: HTMLFormElement, dialog: HTMLDialogElement | null): Promise<void> {
  try {
    // A page of the server knows who it is before this device does.
    const account = document.body.dataset["account"] || (await fact("session"))?.account;
    if (account !== undefined) {
      if ((await unsent(account)) > 0 && !(await sure(dialog, account))) return;
      await farewell(account);
      sessionStorage.clear();
      // The worker lets nobody see a page before that sign-in has ended.
      if ((await endedSoon()) || navigator.serviceWorker?.controller) return location.replace("/sign-in");
    }
  } catch {
    // A device whose storage does not answer must not keep anyone signed in.
  }
  form.submit();
}

function endedSoon(): Promise<boolean> {
  return Promise.race([ended(), rest(PATIENCE).then(() => false)]).catch(() => false);
}

async function unsent(account: Uuid): Promise<number> {
  const { waiting, needsYou } = await standing(account);
  return waiting + needsYou;
}

async function sure(dialog: HTMLDialogElement | null, account: Uuid): Promise<boolean> {
  if (dialog === null) return confirm(await question(account));
  say(dialog, "[data-words]", await question(account));
  say(dialog, "[data-outcome]", "");
  const open = new AbortController();
  const on = (button: string, work: () => Promise<void>): void =>
    dialog.querySelector(button)?.addEventListener("click", () => void work(), { signal: open.signal });
  on("[data-send-first]", () => sendFirst(dialog, account));
  on("[data-keep-file]", () => keepAsFile(account));
  dialog.returnValue = "";
  dialog.showModal();
  await new Promise((closed) => dialog.addEventListener("close", closed, { once: true }));
  open.abort();
  return dialog.returnValue === "go";
}

async function question(account: Uuid): Promise<string> {
  return sayCount(words().sign_out.unsent, await unsent(account));
}

/** Once all is sent, nothing stands in the way of signing out. */
async function sendFirst(dialog: HTMLDialogElement, account: Uuid): Promise<void> {
  const { sign_out, state } = words();
  say(dialog, "[data-outcome]", state.sending);
  const { waiting } = await flush("button");
  if (!dialog.open) return;
  if ((await unsent(account)) === 0) return dialog.close("go");
  say(dialog, "[data-words]", await question(account));
  say(dialog, "[data-outcome]", waiting > 0 ? sign_out.not_sent : sign_out.needs_you);
}

function say(dialog: HTMLDialogElement, selector: string, text: string): void {
  dialog.querySelector(selector)?.replaceChildren(text);
}
